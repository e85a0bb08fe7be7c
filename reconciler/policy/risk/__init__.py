"""What is risky in a policy: broad access, and ways to gain all of it."""
