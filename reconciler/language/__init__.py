"""The words of the spec language: pydantic sections, and what they become."""
