"""What an IAM policy document means, and how one is made. Pure: no AWS, no files but packaged data."""
