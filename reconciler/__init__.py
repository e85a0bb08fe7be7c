"""A declarative reconciler for AWS IAM."""

__version__ = "0.1.0"
