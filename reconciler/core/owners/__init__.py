"""Whose a resource is: by which mark, and in which words."""
