"""The short forms of the spec language: from grants and trust items to statements."""
