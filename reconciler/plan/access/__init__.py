"""Access gained and lost by a plan, and the risks of it."""
