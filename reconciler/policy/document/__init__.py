"""Policy documents as text and data: parsing, IAM's grammar, ARNs, patterns."""
