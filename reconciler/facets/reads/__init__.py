"""The read calls of IAM, and the parsers of their answers."""
