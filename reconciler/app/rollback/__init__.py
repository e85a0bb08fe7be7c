"""The use case of `reconcile rollback`."""
