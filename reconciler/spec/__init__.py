"""From YAML text to desired states: reading, checking, resolving."""
