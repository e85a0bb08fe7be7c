"""A project: `reconcile.yaml` with its environments, specs in several files, and templates.

All of it is settled on nodes, before a spec is read: what comes out is one file of nodes for each spec.
"""
