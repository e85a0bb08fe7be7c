"""A local IAM: moto's server behind further rules, with a request log and faults on request."""
