"""Drift results in each format, one file per format."""
