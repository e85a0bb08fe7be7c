"""Writes live resources as specs, loads these again and compares: what is not the same is left out."""

import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reconciler.app.export.files import Export, File, put_file
from reconciler.app.request import SpecSelection
from reconciler.app.specs import load
from reconciler.aws.client import Caller
from reconciler.core.address import Address
from reconciler.core.context import Names, Quotas, SpecContext, Tags
from reconciler.core.desired import Desired
from reconciler.core.errors import SpecError
from reconciler.core.exported import Exported, NotExported
from reconciler.core.kind import AnyKind
from reconciler.core.text import owned_by, plural
from reconciler.facets import export
from reconciler.kinds import KINDS
from reconciler.plan.deletion import references
from reconciler.policy.catalogue import limits
from reconciler.spec.writer import SpecEntry, WrittenSpec, spec_text

# Where something stands in a draft.
_PLACE = re.compile(r" \((?:first )?in line \d+\)|(?<=\.yaml):\d+(?::\d+)?")
_KINDS: dict[str, AnyKind] = {kind.KIND: kind for kind in KINDS}


@dataclass(frozen=True, slots=True)
class ExportedAccount:
    """What was read: live states by address, and what is not exported, with why.

    `remarks` are what specs can't describe, each with the section that it belongs to, "" for none.
    """

    caller: Caller
    live: Mapping[Address, Any]
    left_out: Mapping[Address, str]
    unread: Mapping[Address, str]
    remarks: tuple[tuple[str, str], ...] = ()


def owner_of(address: Address, state: Any) -> str:
    """The spec whose tags it has; "" for none, and for what takes no tags."""
    owner: str = state.owner if "tags" in _KINDS[address.kind].FACETS else ""
    return owner


class Wrong(Exception):
    """Some resources are not the same when loaded again: why, by address."""

    def __init__(self, why: Mapping[Address, str]) -> None:
        super().__init__()
        self.why = why


class ExportDraft:
    """One attempt: everything that is not left out yet, written, loaded again and compared."""

    def __init__(self, account: ExportedAccount, left: dict[Address, str], name: str, *, apart: bool) -> None:
        self._account = account
        self._left = left
        self._own_name = name
        self._states = {address: state for address, state in account.live.items() if address not in left}
        self._quotas = _quotas(self._states)
        self._tags = _common_tags(self._states)
        self._files = self._written(apart=apart)

    def checked(self) -> Export:
        """The specs, if loading them gives what is live.

        Raises:
            Wrong: with what does not.
        """
        with tempfile.TemporaryDirectory() as folder:
            for _, file in self._files:
                put_file(Path(folder), file)
            loaded = self._loaded(Path(folder))
        wrong: dict[Address, str] = {}
        for desired in loaded:
            have = self._states.get(desired.address)
            if have is None:
                continue
            differing = sorted({f.field for f in desired.kind.diff(desired.state, have) if not f.note})
            if differing:
                wrong[desired.address] = f"a spec would not give the same {', '.join(differing)}"
        missing = self._states.keys() - {desired.address for desired in loaded} - wrong.keys()
        wrong |= dict.fromkeys(missing, "no spec gives it")
        if wrong:
            raise Wrong(wrong)
        left = {str(address): why for address, why in sorted(self._left.items())}
        unread = {str(address): why for address, why in sorted(self._account.unread.items())}
        others = {owner for section in self._sections for owner in self._others(section)}
        return Export(
            tuple(file for _, file in self._files), len(self._states), left, unread, tuple(sorted(others))
        )

    def _loaded(self, folder: Path) -> tuple[Desired, ...]:
        paths = tuple(str(folder / file.name) for _, file in self._files)
        caller = self._account.caller
        if not paths:
            return ()
        try:
            return load(SpecSelection(paths), caller.account, caller.partition).desired
        except SpecError as error:
            of_file = {str(folder / file.name): written for written, file in self._files}
            wrong: dict[Address, str] = {}
            for problem in error.problems:
                entry = of_file[problem.file].at(problem.line) if problem.file in of_file else None
                if problem.severity == "error" and entry is not None:
                    # Lines and files of a draft are nobody's.
                    why = _PLACE.sub("", problem.message.replace(f"{folder}/", ""))
                    wrong |= dict.fromkeys(self._of_entry(entry), why)
            if not wrong.keys() & self._states.keys():
                raise
            raise Wrong(wrong) from None

    def _of_entry(self, entry: SpecEntry) -> list[Address]:
        return [
            a
            for a in self._states
            if entry.section == _KINDS[a.kind].SECTION and (a.name == entry.name or not entry.name)
        ]

    def _written(self, *, apart: bool) -> list[tuple[WrittenSpec, File]]:
        entries, beside = self._entries()
        if not apart:
            groups = {"": entries}
        else:
            groups = {}
            for entry in entries:
                groups.setdefault(entry.section, []).append(entry)
        self._sections = frozenset(groups)
        files: list[tuple[WrittenSpec, File]] = []
        for section, own_entries in groups.items():
            written = spec_text(self._header(section, own_entries), own_entries, self._comments(section))
            own_files = tuple(
                pair for entry in own_entries for pair in beside.get((entry.section, entry.name), ())
            )
            files.append((written, File(f"{section or 'spec'}.yaml", written.text, own_files)))
        return files

    def _entries(self) -> tuple[list[SpecEntry], dict[tuple[str, str], tuple[tuple[str, str], ...]]]:
        caller = self._account.caller
        names = Names(
            {(a.kind, a.name): state.arn for a, state in self._states.items()},
            {s.name: s.audiences for a, s in self._states.items() if a.kind == "oidc-provider"},
        )
        context = SpecContext(caller.account, caller.partition, "", self._tags, names, quotas=self._quotas)
        exported: dict[tuple[str, str], Exported] = {}
        wrong: dict[Address, str] = {}
        order = {kind.KIND: index for index, kind in enumerate(KINDS)}
        for address in sorted(self._states, key=lambda a: (order[a.kind], a.name)):
            kind = _KINDS[address.kind]
            try:
                part = kind.to_spec(self._states[address], context)
            except NotExported as why:
                wrong[address] = str(why)
                continue
            key = (kind.SECTION, part.entry)
            if key in exported and part.section.keys() & exported[key].section.keys():
                wrong[address] = f"role.{part.entry} is in another one too, and its entry says one"
                continue
            exported[key] = _joined(exported.get(key), part)
        if wrong:
            raise Wrong(wrong)
        for address, state in self._states.items():
            key = (_KINDS[address.kind].SECTION, address.name)
            if key in exported:
                exported[key] = replace(exported[key], notes=(*exported[key].notes, *self._needs(state)))
        entries = [
            SpecEntry(section, entry, parts.section, parts.notes)
            for (section, entry), parts in exported.items()
        ]
        return entries, {key: parts.files for key, parts in exported.items() if parts.files}

    def _needs(self, state: Any) -> Iterator[str]:
        """What is left out, but must exist for this resource."""
        named = references.named_by(state)
        for address in self._left:
            other = self._account.live.get(address)
            if other is not None and named & references.names_of(address.kind, address.name, other.arn):
                yield f"needs {address}, which is left out: in another account it must be there already"

    def _header(self, section: str, entries: list[SpecEntry]) -> dict[str, Any]:
        own = {"roles": ("policies_per_role", "trust_size"), "users": ("policies_per_user",)}
        per = [key for name, keys in own.items() if section in ("", name) for key in keys]
        limits = {key: getattr(self._quotas, key) for key in per}
        limits |= {
            key: _over(key, sum(e.section == key for e in entries)) for key in ("roles", "policies", "groups")
        }
        raised = {key: str(value) for key, value in limits.items() if value is not None}
        return {
            "version": "1",
            "name": self._name(section),
            "account": self._account.caller.account,
            **({"limits": raised} if raised else {}),
            **export.kept({"tags": dict(sorted(self._tags))}),
        }

    def _in(self, section: str) -> dict[Address, Any]:
        """What the file of a section describes; the file of "" describes everything."""
        return {a: state for a, state in self._states.items() if section in ("", _KINDS[a.kind].SECTION)}

    def _owners(self, section: str) -> frozenset[str]:
        """The specs that own any of it, "" for none."""
        return frozenset(
            owner_of(address, state)
            for address, state in self._in(section).items()
            if "tags" in _KINDS[address.kind].FACETS
        )

    def _name(self, section: str) -> str:
        (owner,) = self._owners("") if len(self._owners("")) == 1 else ("",)
        name = self._own_name or owner or f"exported/{self._account.caller.account}"
        return name + (f"-{section.replace('_', '-')}" if section else "")

    def _others(self, section: str) -> list[str]:
        """Other specs that own any of it."""
        return sorted(self._owners(section) - {"", self._name(section)})

    def _comments(self, section: str) -> tuple[str, ...]:
        """What was left out: in the file of its section, or in the first file if it has none."""
        account = self._account
        head = [
            f"Exported from account {account.caller.account}: {plural(len(self._in(section)), 'resource')}."
        ]
        if others := self._others(section):
            head.append(f"Some of it is {'; '.join(map(owned_by, others))}: to plan it takes --take-over.")
        for title, reasons in (("Left out", self._left), ("Could not be read", account.unread)):
            addresses = sorted(
                a
                for a in reasons
                if self._is_for(section, _KINDS[a.kind].SECTION if a.kind in _KINDS else "")
            )
            head += [f"{title} ({len(addresses)}):"] if addresses else []
            head += [f"- {address}: {reasons[address]}" for address in addresses]
        beside = [f"- {text}" for own, text in account.remarks if self._is_for(section, own)]
        return (*head, *(["No spec says:", *beside] if beside else []))

    def _is_for(self, section: str, own: str) -> bool:
        """Whether a remark on the section `own`, "" for none, belongs in the file of this section."""
        return section in ("", own) or (own not in self._sections and section == min(self._sections))


def _common_tags(states: Mapping[Address, Any]) -> Tags:
    """The tags that all resources have in common, if more than one takes tags."""
    tagged = [state.tags for address, state in states.items() if "tags" in _KINDS[address.kind].FACETS]
    return frozenset.intersection(*tagged) if len(tagged) > 1 else frozenset()


def _joined(first: Exported | None, second: Exported) -> Exported:
    if first is None:
        return second
    return replace(first, section={**first.section, **second.section}, notes=(*first.notes, *second.notes))


def _quotas(states: Mapping[Address, Any]) -> Quotas:
    """The quotas that must have been raised for these resources."""

    def most(kind: str, measure: Any) -> int:
        return max((measure(state) for address, state in states.items() if address.kind == kind), default=0)

    return Quotas(
        policies_per_role=_over("policies_per_role", most("role", lambda state: len(state.attached))),
        policies_per_user=_over("policies_per_user", most("user", lambda state: len(state.attached))),
        trust_size=_over("trust_size", most("role", lambda state: state.trust.size)),
    )


def _over(key: str, number: int) -> int | None:
    return number if number > limits.RAISABLE[key].default else None
