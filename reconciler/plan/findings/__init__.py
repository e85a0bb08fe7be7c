"""Differences as findings of the drift job."""
