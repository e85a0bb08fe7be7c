"""What runs come to, as plain data: findings, the drift job, its history, the outcome of calls."""
