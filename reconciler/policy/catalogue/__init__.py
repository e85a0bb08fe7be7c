"""What AWS publishes: actions, condition keys, names, limits."""
