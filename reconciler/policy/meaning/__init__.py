"""What a policy document means: its normal form, and whether it allows a request."""
