"""Words that all formats share."""
