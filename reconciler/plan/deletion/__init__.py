"""Deletions: what is deleted, who depends on it, in which order."""
