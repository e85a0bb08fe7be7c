"""Plans in each format, one file per format."""
