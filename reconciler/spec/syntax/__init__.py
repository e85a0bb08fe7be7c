"""Where a YAML file is broken: loaded only where one is."""
