"""The one road of all use cases: begin → compare → judge → deletions → review.

A stage first says what it reads, reads that together, and leaves the rest to pure functions of `plan`.
"""
