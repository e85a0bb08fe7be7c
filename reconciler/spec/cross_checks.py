"""Checks that need the whole spec: entries that point at resources, counts, both ends of a membership."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from reconciler.core.address import Address
from reconciler.core.context import SpecContext
from reconciler.core.desired import Desired
from reconciler.core.kind import AnyKind
from reconciler.core.problems import Located, Path, Problems
from reconciler.core.text import similar
from reconciler.facets import tags
from reconciler.kinds import KINDS
from reconciler.language import expect, limits
from reconciler.spec.model import ONE_OF_A_KIND
from reconciler.spec.section_checks import Read


def check(read: Read, addresses: Mapping[Address, Path], context: SpecContext, problems: Problems) -> None:
    """Report everything; `addresses` are those of the valid resources, with their places."""
    header = read.header
    fold_case = any(read.sections[kind.SECTION] and kind.FOLDS_TAG_KEYS for kind in KINDS)
    tags.check(header.tags, problems.under("tags"), fold_case=fold_case)
    _check_facets(read, problems)
    _check_patterns(read, addresses, problems)
    _check_counts(read, problems)
    _check_memberships(read, problems)
    if header.limits is not None:
        limits.check(header.limits, problems.under("limits"))
    if header.expect is not None:
        expect.check(header.expect, context, problems.under("expect"))
    for section in sorted(ONE_OF_A_KIND) if not header.account else ():
        if read.sections[section]:
            problems.error(f"{section} needs account: which one is meant", section, on_key=True)


def _check_facets(read: Read, problems: Problems) -> None:
    """Report facets that no kind has: the entry would silently do nothing."""
    entries: list[tuple[Any, tuple[AnyKind, ...], Path]] = [
        (entry, _kinds_of(entry.at), ("ignore", index)) for index, entry in enumerate(read.header.ignore)
    ]
    for kind in KINDS:
        for name, section in _own_sections(read, kind):
            entries += [
                (entry, (kind,), (kind.SECTION, name, "ignore", index))
                for index, entry in enumerate(getattr(section, "ignore", ()))
            ]
    for entry, kinds, path in entries:
        known = {facet for kind in kinds for facet in kind.FACETS}
        if (entry.rule is None) == (entry.facet is None):
            problems.error(
                "an entry has facet, for differences, or rule, for what validate says: one of the two", *path
            )
        elif entry.rule is not None:
            _check_rule(entry, path, problems)
        elif entry.facet not in known:
            guess = similar(entry.facet, known)
            hint = f"; did you mean {guess}?" if guess else f": {', '.join(sorted(known))}"
            problems.error(f'there is no facet "{entry.facet}"{hint}', *path, "facet")


def _check_rule(entry: Any, path: Path, problems: Problems) -> None:
    code = entry.rule
    if entry.match is not None:
        problems.error("match needs facet: it is compared with live values", *path, "match", on_key=True)
    from reconciler.policy.lint.rules import RULES  # noqa: PLC0415 - start-up: few specs silence anything

    if code not in RULES:
        guess = similar(code, RULES)
        problems.error(
            "there is no rule"
            f' "{code[:20]}"{f"; did you mean {guess}?" if guess else ": docs/lint.md has them all"}',
            *path,
            "rule",
        )


def _kinds_of(pattern: str | None) -> tuple[AnyKind, ...]:
    """The kinds that a pattern of addresses can fit; all where it names none that exists."""
    kind = (pattern or "*").partition(".")[0]
    return tuple(known for known in KINDS if kind == known.KIND) or KINDS


def _own_sections(read: Read, kind: Any) -> Iterator[tuple[str, Any]]:
    if read.sections[kind.SECTION] and kind.MODEL is not None:
        yield from ((name, section) for name, section in read.sections[kind.SECTION].items() if section)


def _check_patterns(read: Read, addresses: Mapping[Address, Path], problems: Problems) -> None:
    """Patterns of addresses: kinds that exist, and resources that these fit.

    `removed` names resources that are no longer described.
    """
    header = read.header
    complete = all(section is not None for named in read.sections.values() for section in named.values())
    patterns: list[tuple[str, Path, bool]] = [
        (entry.at, (key, index, "at"), True)
        for key in ("ignore", "acknowledge")
        for index, entry in enumerate(getattr(header, key))
        if entry.at is not None
    ]
    patterns += [(text, ("adopt", index), True) for index, text in enumerate(header.adopt)]
    patterns += [(text, ("removed", index), False) for index, text in enumerate(header.removed)]
    for text, path, is_described in patterns:
        fitting = [address for address in addresses if address.matches(text)]
        if not _has_known_kind(text):
            known = ", ".join(f"{kind.KIND}." for kind in KINDS)
            problems.error(f'"{text[:60]}" is no address: it begins with {known} or has a * there', *path)
        elif not is_described and (unmarked := _unmarked(text)):
            problems.error(
                f"IAM can't mark {unmarked}, so there is nothing to let go of: take it out of the spec, and"
                " out of removed",
                *path,
            )
        elif is_described and not fitting and complete and not problems.has_errors:
            guess = similar(text, map(str, addresses))
            problems.warning(
                "IAM606",
                f'"{text[:60]}" fits no resource of this spec{f"; did you mean {guess}?" if guess else ""}',
                *path,
            )
        elif not is_described and fitting:
            problems.clash(
                f"{fitting[0]} is described and removed: take one of them out", path, addresses[fitting[0]]
            )


def _unmarked(pattern: str) -> str:
    """What naming claims: a spec that no longer names it has given it up."""
    word = pattern.partition(".")[0]
    return next((kind.UNMARKED for kind in KINDS if word == kind.KIND), "")


def _has_known_kind(pattern: str) -> bool:
    kind, dot, _ = pattern.partition(".")
    return "*" in kind or (bool(dot) and kind in {known.KIND for known in KINDS})


def _check_counts(read: Read, problems: Problems) -> None:
    """Report more resources of a kind than the account takes."""
    profiles = [s for s in read.sections["roles"].values() if s is not None and s.instance_profile]
    for key, section, number in (
        ("roles", "roles", len(read.sections["roles"])),
        ("policies", "policies", len(read.sections["policies"])),
        ("groups", "groups", len(read.sections["groups"])),
        ("instance_profiles", "roles", len(profiles)),
    ):
        most = limits.allowed(read.header.limits, key)
        if number > most:
            problems.error(
                f"{number} {key.replace('_', ' ')}; an account takes {most}; if AWS raised your quota, say"
                f" so: limits: {{{key}: …}}",
                section,
                on_key=True,
            )


_DISAGREE = "{} is in {} by {}: and not by {}: both ends must say the same, or one of them nothing"


def between_specs(
    named: list[tuple[Desired, Located]], accounts: Mapping[str, tuple[str, ...]]
) -> Iterator[Located]:
    """The same of a user and a group of two specs; reported at the user."""
    groups = [g for g, _ in named if g.address.kind == "group" and g.state.members is not None]
    for user, place in named:
        if user.address.kind != "user" or user.state.groups is None:
            continue
        for group in groups:
            of_user, of_group = set(accounts[user.spec]), set(accounts[group.spec])
            inside = group.state.name in user.state.groups
            if group.spec == user.spec or inside == (user.state.name in group.state.members):
                continue
            if not of_user or not of_group or of_user & of_group:
                user_place, group_place = place.file, f"{group.source.file}:{group.source.line}"
                says, not_ = (user_place, group_place) if inside else (group_place, user_place)
                yield replace(place, message=_DISAGREE.format(user.state.name, group.state.name, says, not_))


def _check_memberships(read: Read, problems: Problems) -> None:
    """A user's `groups` and a group's `members`, where both are given, must say the same."""
    users, groups = read.sections["users"], read.sections["groups"]
    for user, user_section in users.items():
        for group, group_section in groups.items():
            if (
                user_section is None
                or group_section is None
                or user_section.groups is None
                or group_section.members is None
            ):
                continue
            if (group in user_section.groups) == (user in group_section.members):
                continue
            says, not_ = ("users", "groups") if group in user_section.groups else ("groups", "users")
            user_path: Path = ("users", user, "groups")
            group_path: Path = ("groups", group, "members")
            if says == "users":
                user_path = (*user_path, user_section.groups.index(group))
            else:
                group_path = (*group_path, group_section.members.index(user))
            problems.clash(_DISAGREE.format(user, group, says, not_), user_path, group_path)
