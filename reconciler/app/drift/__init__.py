"""The use case of `reconcile drift`."""
