"""What several kinds have in common, written once."""
