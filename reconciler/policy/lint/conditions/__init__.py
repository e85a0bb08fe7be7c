"""The conditions of a statement: their keys, operators and values."""
