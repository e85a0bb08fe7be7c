"""Which access two documents give differently, decided by meaning."""
