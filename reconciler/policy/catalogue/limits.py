"""IAM's own limits on names, paths, texts and sizes, checked offline.

Patterns and lengths are `limits.json`, generated from botocore's IAM service model (`make data`).
botocore itself checks types and minimum lengths only, never patterns or maximum lengths.
"""

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

# Quotas that nobody can have raised (IAM user guide, reference_iam-quotas).
MANAGED_POLICY_SIZE = 6144
INLINE_TOTAL_PER_ROLE = 10240
VERSIONS_PER_POLICY = 5
TAGS_PER_RESOURCE = 50
OWN_TAGS = 2
INLINE_TOTAL = {"role": INLINE_TOTAL_PER_ROLE, "user": 2048, "group": 5120}
POLICIES_PER_GROUP = 10
GROUPS_PER_USER = 10
OIDC_AUDIENCES = 100
OIDC_THUMBPRINTS = 5
SAML_METADATA = (1_000, 10_000_000)


@dataclass(frozen=True, slots=True)
class Raisable:
    """A quota that AWS raises on request: what every account has, and the most that AWS gives."""

    default: int
    most: int


# Contract §2: the user guide's page as of 2023, with the higher ones that were seen in 2026.
RAISABLE = {
    "policies_per_role": Raisable(10, 25),
    "policies_per_user": Raisable(10, 20),
    "trust_size": Raisable(2048, 8192),
    "roles": Raisable(1000, 10_000),
    "policies": Raisable(1500, 10_000),
    "instance_profiles": Raisable(1000, 5000),
    "groups": Raisable(300, 500),
}
TRUST_SIZE = RAISABLE["trust_size"].default
POLICIES_PER_ROLE = RAISABLE["policies_per_role"].default
POLICIES_PER_USER = RAISABLE["policies_per_user"].default


@cache
def _shapes() -> dict[str, dict[str, Any]]:
    text = Path(__file__).with_name("limits.json").read_text(encoding="utf-8")
    shapes: dict[str, dict[str, Any]] = json.loads(text)
    return shapes


def bounds(shape: str) -> tuple[int, int]:
    """The least and the greatest length, or value where the shape is a number."""
    shape_bounds = _shapes()[shape]
    return shape_bounds.get("min", 0), shape_bounds["max"]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # Java's \w is ASCII; its \p{..} classes are replaced by markers that no text can hold.
    return re.compile(
        pattern.replace(r"\p{L}\p{Z}\p{N}", "\ue000").replace(r"\p{ASCII}", r"\x00-\x7F"), re.ASCII
    )


def fits_pattern(shape: str, text: str) -> bool:
    """Whether every character, and their order, is what IAM accepts."""
    pattern = _shapes()[shape].get("pattern")
    return pattern is None or matches(pattern, text)


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text is of a pattern of AWS's service models, which are Java's."""
    return _compiled(pattern).fullmatch(_folded(pattern, text)) is not None


def _folded(pattern: str, text: str) -> str:
    """Letters, separators and digits of any script as the marker, where the pattern has such a class."""
    if r"\p{L}" not in pattern:
        return text
    return "".join(
        "\ue000" if unicodedata.category(c)[0] in "LZN" else c.replace("\ue000", "\0") for c in text
    )


def strange_characters(shape: str, text: str) -> tuple[tuple[int, str], ...]:
    """The characters that alone break the pattern, with their positions counted from 1."""
    if fits_pattern(shape, text):
        return ()
    return tuple((at, c) for at, c in enumerate(text, start=1) if not fits_pattern(shape, c))


def described(character: str) -> str:
    """A character as an error names it, never raw where it is a control character."""
    name = unicodedata.name(character, "control character")
    shown = f'"{character}"' if character.isprintable() else ascii(character)
    return f"{shown} (U+{ord(character):04X} {name})"


def complaint(shape: str, text: str, what: str) -> str | None:
    """What IAM would refuse in `text`, in words, or None where it is fine."""
    least, most = bounds(shape)
    if not least <= len(text) <= most:
        return f"{what} has {len(text)} characters; IAM takes {least} to {most}"
    if fits_pattern(shape, text):
        return None
    strange = strange_characters(shape, text)
    if not strange:
        return f"{what} {text!a} is not of the form that IAM takes"
    at, character = strange[0]
    return f"{what} may not hold {described(character)}, at character {at}"


# What people write for the letters that Latin-1 lacks and Unicode does not decompose.
_STROKES = str.maketrans(
    {
        "đ": "d",
        "Đ": "D",
        "ł": "l",
        "Ł": "L",
        "ı": "i",
        "œ": "oe",
        "Œ": "OE",
        "‘": "'",
        "’": "'",
        "“": '"',
        "”": '"',
        "–": "-",
        "—": "-",
        "…": "...",
    }
)


def latin1_suggestion(text: str) -> str:
    """The same text with every word that leaves Latin-1 stripped of its diacritics, or "" if that fails."""
    words = [word if _is_latin1(word) else _stripped(word) for word in text.split(" ")]
    suggestion = " ".join(words)
    return suggestion if fits_pattern("roleDescriptionType", suggestion) else ""


def _is_latin1(text: str) -> bool:
    return all(ord(c) <= 0xFF for c in text)


def _stripped(word: str) -> str:
    plain = unicodedata.normalize("NFD", word.translate(_STROKES))
    return "".join(c for c in plain if not unicodedata.combining(c))
