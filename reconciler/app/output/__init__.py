"""Files and pages that commands write: where they may be put, and how they are put there."""
