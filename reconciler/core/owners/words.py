"""Whose a resource is, in the same words wherever it is said."""


def owned_by(spec: str, whose: str = "") -> str:
    """Of one that bears the tag of a spec; `whose` says of which other place that spec is."""
    return f"owned by spec {spec} {whose}".rstrip()


def owner_words(owner: str, foreign: str) -> str:
    """Of one that bears the tag of a spec, the tags of another tool, or neither."""
    return owned_by(owner) if owner else f"owned by {foreign or 'no spec'}"
