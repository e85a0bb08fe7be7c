"""The use case of `reconcile export`."""
