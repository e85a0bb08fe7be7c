"""The reads around a plan."""
