"""A local IAM: moto's server behind rules that moto does not enforce, a request log, and faults on request."""
