"""The only importers of boto3 and botocore: credentials, reads, writes, and AWS's errors as ours."""
