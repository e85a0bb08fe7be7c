"""The vocabulary that every layer shares: plain frozen values, no behaviour of IAM."""
