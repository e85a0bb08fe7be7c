"""The use case of `reconcile watch`."""
