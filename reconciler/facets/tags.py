"""Tags: the user's, which are compared, and our own two, which carry ownership and what was last applied.

`reconciler:spec` is OWNER/NAME. `reconciler:applied` is a version digit and a digest for each field of the
state that was applied last, so that a difference can be told to come from outside or from the spec; and the
mark of where the spec comes from (`facets.mark`), as `from=` and `with=`.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from reconciler.core import facts
from reconciler.core.call import Call, write
from reconciler.core.change import FieldChange
from reconciler.core.context import SpecContext, Tags
from reconciler.core.problems import Problems
from reconciler.facets.mark import NO_MARK, Mark
from reconciler.policy.catalogue import limits
from reconciler.policy.meaning.canonical import fingerprint

# What a difference of tags means.
TITLE = "The tags differ."
SPEC = "reconciler:spec"
APPLIED = "reconciler:applied"
OWN_PREFIX = "reconciler:"
AWS_PREFIX = "aws:"
_VERSION = "1"
# No field of a state has these names.
_FROM, _WITH = "from", "with"


def check(tags: Mapping[str, str], problems: Problems, *, fold_case: bool) -> None:
    """Report tags that IAM refuses.

    `fold_case` where IAM does not tell the case of keys apart (roles, users).
    """
    seen: dict[str, str] = {}
    for key, value in tags.items():
        here = problems.under(key)
        if key.lower().startswith((AWS_PREFIX, OWN_PREFIX)):
            here.error(f'tag keys that begin with "{key.partition(":")[0]}:" are reserved', on_key=True)
        complaint = limits.complaint("tagKeyType", key, "the tag's key")
        if complaint:
            here.error(complaint, on_key=True)
        complaint = limits.complaint("tagValueType", value, "the tag's value")
        if complaint:
            here.error(complaint)
        twin = seen.setdefault(key.lower() if fold_case else key, key)
        if twin != key:
            here.error(
                f'IAM takes "{key}" and "{twin}" for one key: tag keys of a role differ in more than case',
                on_key=True,
            )


def merged(context: SpecContext, own: Mapping[str, str], problems: Problems, *, fold_case: bool) -> Tags:
    """The spec's tags under the resource's own, which win; on roles and users whatever their case.

    Together they must leave room for our two, where anything is tagged.
    """

    def folded(key: str) -> str:
        return key.lower() if fold_case else key

    own_keys = {folded(key) for key in own}
    together = frozenset({(k, v) for k, v in context.tags if folded(k) not in own_keys} | set(own.items()))
    most = limits.TAGS_PER_RESOURCE - (limits.OWN_TAGS if context.owner else 0)
    if len(together) > most:
        number = f"{len(together)} tags" + (" with the spec's own" if len(together) > len(own) else "")
        ours = f", and two of them are ours: at most {most}" if context.owner else ""
        problems.error(f"{number}; IAM takes {limits.TAGS_PER_RESOURCE}{ours}", "tags", on_key=True)
    return together


def blockers(wanted: Tags, owner: str) -> tuple[str, ...]:
    """Why a resource can't have all of these and ours, what its spec leaves alone among them."""
    number = len(wanted) + (limits.OWN_TAGS if owner else 0)
    if number <= limits.TAGS_PER_RESOURCE:
        return ()
    return (
        (
            f"it would have {number} tags with what is left alone and our own; IAM takes"
            f" {limits.TAGS_PER_RESOURCE}, and this quota is fixed"
        ),
    )


def applied_value(fingerprints: Mapping[str, str], mark: Mark = Mark()) -> str:  # noqa: B008 - frozen
    """The text of `reconciler:applied`, for example `1 document=0f3c2a11 from=77aa01c2 tags=9b1e0c77`."""
    marks = {key: text for key, text in ((_FROM, mark.origin), (_WITH, mark.variables)) if text}
    fields = {**fingerprints, **marks}
    return " ".join([_VERSION, *(f"{field}={fields[field]}" for field in sorted(fields))])


def mark_of(applied: str) -> Mark:
    """The mark in the text of `reconciler:applied`."""
    fields = applied_fields(applied) or {}
    return Mark(fields.get(_FROM, ""), fields.get(_WITH, ""))


def marked(state: Any, mark: Mark) -> Any:
    """The desired state with this mark, if it is of a kind that has any."""
    return replace(state, mark=mark) if hasattr(state, "mark") else state


def applied_fields(text: str) -> dict[str, str] | None:
    """What `reconciler:applied` says, or None where it is missing, forged or of another version."""
    version, *pairs = text.split(" ")
    if version != _VERSION:
        return None
    fields = dict(pair.split("=", 1) for pair in pairs if pair.count("=") == 1)
    return fields if len(fields) == len(pairs) else None


def of_response(listed: Any) -> Tags:
    """Tags as the API lists them; a missing list is an empty one."""
    return frozenset((tag["Key"], tag["Value"]) for tag in listed or ())


def users_own(tags: Tags) -> Tags:
    """The tags that are compared: neither ours nor AWS's."""
    return frozenset((k, v) for k, v in tags if not k.startswith((OWN_PREFIX, AWS_PREFIX)))


def value_of(tags: Tags, key: str) -> str:
    """One tag's value, or ""."""
    return next((v for k, v in tags if k == key), "")


def own(
    owner: str,
    fingerprints: Mapping[str, str],
    applied: str = "",
    mark: Mark = NO_MARK,
    have: Tags = frozenset(),
) -> Tags:
    """Our two tags, or none where nothing is tagged.

    `applied` is the text to restore, if that is what is done. Of a mark that is not known, what the live tags
    `have` is kept; and where they have none, a mark is no reason to write them.
    """
    if not owner:
        return frozenset()
    live = value_of(have, APPLIED)
    text = applied or applied_value(fingerprints, mark if mark.origin else mark_of(live))
    if live and mark_of(live) == NO_MARK and live == applied_value(fingerprints):
        text = applied or live
    return frozenset({(SPEC, owner), (APPLIED, text)})


def as_param(tags: Tags) -> list[dict[str, str]]:
    """Tags as the API takes them, sorted by key."""
    return [{"Key": key, "Value": value} for key, value in sorted(tags)]


def diff(want: Tags, have: Tags) -> tuple[FieldChange, ...]:
    """The difference of the user's tags."""
    if want == have:
        return ()
    return (FieldChange("tags", "set", _lines(have), _lines(want)),)


def _lines(tags: Tags) -> tuple[str, ...]:
    return tuple(f"{key}={value}" for key, value in sorted(tags))


def digest(tags: Tags) -> str:
    """The fingerprint of the user's tags."""
    return fingerprint(repr(sorted(tags)))


def changes(noun: str) -> dict[str, tuple[tuple[str, ...], str]]:
    """What tagging calls change: for a kind's CHANGES."""
    return {f"Tag{noun}": (("tags",), "Tags"), f"Untag{noun}": (("tags",), "TagKeys")}


def update(
    noun: str,
    target: Mapping[str, str],
    lane: str,
    want: Tags,
    have: Tags,
    marks: Tags,
    others: tuple[Call, ...],
) -> tuple[Call, ...]:
    """The calls that bring tags about.

    `marks` are ours, `have` all live tags, `others` the resource's other calls.

    Our own tags are the last write of an update: they wait for every other call on the resource.
    """
    calls: list[Call] = []
    gone = sorted({k for k, _ in users_own(have)} - {k for k, _ in want})
    if not marks:
        # `ownership: none` leaves no mark, not even one from before.
        gone += sorted(k for k, _ in have if k.startswith(OWN_PREFIX))
    if gone:
        calls.append(
            write(
                f"Untag{noun}",
                lane,
                {**target, "TagKeys": gone},
                needs=[facts.exists(lane)],
                provides=[facts.done(lane, "untag")],
            )
        )
    missing = (want | marks) - have
    if missing:
        before = [facts.done(lane, "untag")] if gone else []
        waits = {fact for call in others for fact in call.provides}
        calls.append(
            write(
                f"Tag{noun}",
                lane,
                {**target, "Tags": as_param(missing)},
                needs=[facts.exists(lane), *before, *waits],
            )
        )
    return tuple(calls)
