"""The use cases of `drift --accept` and `--ignore`: they write a difference, or an exception, into a spec."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reconciler.app.changed_file import Changed, changed_file
from reconciler.app.observe.progress import silent
from reconciler.app.output.files import put as put_file
from reconciler.app.pipeline.begin import Beginning, begin
from reconciler.app.pipeline.compare import compare_with_live
from reconciler.app.request import SpecSelection
from reconciler.app.shared_values import KEYS_OF, why_shared
from reconciler.aws.client import Client
from reconciler.aws.reader import Reader
from reconciler.core.change import FieldChange
from reconciler.core.context import SpecContext
from reconciler.core.errors import PlanError, ReconcileError, SpecError
from reconciler.core.exported import Exported, NotExported
from reconciler.core.results.beside import Failure
from reconciler.core.text import escaped
from reconciler.plan.comparison import Comparison
from reconciler.plan.single_finding import differences, of_address
from reconciler.policy.document import arns
from reconciler.policy.document.document import Document
from reconciler.policy.grants.reverse.texts import Unsayable
from reconciler.spec.editor import Entry, NotEditable, SpecText, listed, nodes, put

_BY_HAND = "change the spec by hand"


@dataclass(frozen=True, slots=True)
class AcceptedDifference:
    """The difference that an id stands for; `field` is None where the resource does not exist."""

    draft: Comparison
    field: FieldChange | None


class NoSuchDifference(PlanError):
    """No difference of a spec has this id."""


def accept(request: SpecSelection, client: Client, finding: str) -> Changed:
    """Write the live value of one difference into the spec.

    Raises:
        PlanError: there is no such difference, or it can't be written there: then nothing is written.
    """
    return _Session(request, client).change(finding, _accepted)


def ignore(request: SpecSelection, client: Client, finding: str, reason: str, until: str) -> Changed:
    """Write that one difference is to be left alone, into the spec.

    Raises:
        PlanError: there is no such difference, or it can't be written there: then nothing is written.
    """
    return _Session(request, client).change(
        finding, lambda file, difference: _ignored(file, difference, reason, until)
    )


class _Session:
    """One run: AWS is read once, for the comparison before the change and after it."""

    def __init__(self, request: SpecSelection, client: Client) -> None:
        # Another resource must not change either.
        self._request = replace(request, only=())
        self._client = client
        self._reader: Reader | None = None

    def change(self, finding: str, change: Callable[[SpecText, AcceptedDifference], str]) -> Changed:
        """Change the file that the finding is about; check that this settles it and changes nothing else."""
        drafts, failures = self._drafts()
        difference = _difference(drafts, finding)
        source = difference.draft.change.source
        path = Path(source.file if source else "")
        try:
            before = path.read_bytes().decode()
            _check_own(self._request, before, difference)
            after = change(SpecText(before), difference)
            put_file(path, after)
        except NotEditable as error:
            raise PlanError(f"{path}: {error}", _BY_HAND) from None
        except (OSError, UnicodeDecodeError) as error:
            raise ReconcileError(f"{path} can't be changed: {error}") from None
        wrong = self._wrong(drafts, failures, difference, finding)
        if wrong:
            put_file(path, before)
            raise PlanError(f"{path}: {wrong}", _BY_HAND)
        return changed_file(path, before, after)

    def _wrong(
        self,
        before: tuple[Comparison, ...],
        failed: tuple[Failure, ...],
        difference: AcceptedDifference,
        finding: str,
    ) -> str:
        """What is wrong with the changed file, "" for nothing."""
        try:
            after, failures = self._drafts()
        except SpecError as error:
            return f"with that change the spec would be wrong: {error.problems[0]}"
        new = [failure for failure in failures if failure not in failed]
        if new:
            return f"with that change the spec would be wrong: {new[0].problems[0]}"
        if finding in {id_ for id_, _, _ in differences(after)}:
            return "that change would not settle the difference"
        address = difference.draft.change.address
        was = {d.change.address: d.seen.desired.state for d in before if d.change.address != address}
        became = {d.change.address: d.seen.desired.state for d in after if d.change.address != address}
        # A profile is described by its role, and is deleted with it.
        other = [
            str(a) for a in was if was[a] != became.get(a) and (a.kind != "instance-profile" or a in became)
        ]
        return f"that change would change {', '.join(other)} as well" if other else ""

    def _drafts(self) -> tuple[tuple[Comparison, ...], tuple[Failure, ...]]:
        """What differs by the specs of this account that are right; and those that are wrong."""
        beginning = Beginning(lambda _specs, _tagging: (), "valid", ahead=False)
        begun = begin(self._request, self._client, silent, beginning, self._reader)
        self._reader = begun.reader
        _, drafts = compare_with_live(begun.header, begun.desired(self._request), begun.reader)
        return drafts, begun.failures


def _check_own(request: SpecSelection, text: str, difference: AcceptedDifference) -> None:
    """Raise where the value is not for this run to change.

    Raises:
        NotEditable: with where it comes from.
    """
    draft = difference.draft
    if draft.change.source is not None:
        entry = (draft.seen.desired.kind.SECTION, draft.change.address.name)
        why = why_shared(request, draft.change.source, text, entry, difference.field)
        if why:
            raise NotEditable(why)


def _difference(drafts: tuple[Comparison, ...], finding: str) -> AcceptedDifference:
    for id_, draft, field in differences(drafts):
        if id_ == finding:
            return AcceptedDifference(draft, field)
    message = (
        of_address(drafts, finding) or f"there is no difference with the id {finding} that a spec can settle"
    )
    raise NoSuchDifference(
        escaped(message),
        "drift lists them; who owns what, orphans, failed expectations and what is in no spec are settled by"
        " hand",
    )


def _accepted(file: SpecText, difference: AcceptedDifference) -> str:
    kind, address, field = (
        difference.draft.seen.desired.kind,
        difference.draft.change.address,
        difference.field,
    )
    if kind.NOT_EDITABLE:
        raise NotEditable(kind.NOT_EDITABLE)
    if field is None:
        return file.without(kind.SECTION, address.name)
    write = _WRITERS.get(field.field)
    if write is None:
        raise NotEditable(f"{field.field} can't be written for you")
    return file.changed(kind.SECTION, address.name, lambda entry: write(entry, field, difference.draft))


def _value(entry: Entry, field: FieldChange, _draft: Comparison) -> None:
    put(entry, field.field, field.before)


def _duration(entry: Entry, field: FieldChange, _draft: Comparison) -> None:
    seconds = int(str(field.before))
    put(entry, field.field, f"{seconds // 3600}h" if seconds % 3600 == 0 else str(seconds))


def _tags(entry: Entry, _field: FieldChange, draft: Comparison) -> None:
    live, wanted = dict(draft.have.tags), dict(draft.want.tags)
    own = entry.setdefault("tags", {})
    for key in wanted.keys() - live.keys():
        own.pop(key, None)
    for key in sorted(live):
        if wanted.get(key) != live[key]:
            own[key] = live[key]
    if not own:
        del entry["tags"]


def _attached(entry: Entry, field: FieldChange, draft: Comparison) -> None:
    account = draft.change.address.account
    attach = listed(entry, "attach")
    names = {_named(item): item for item in attach}
    for arn in field.added:
        for spelling in (arn, arns.short(arn, account), arn.rpartition("/")[2]):
            if spelling in names:
                attach.remove(names[spelling])
                break
    attach += [arns.short(arn, account) for arn in field.removed]
    if not attach:
        del entry["attach"]


def _named(item: Any) -> str:
    return str(item.get("policy", "")) if isinstance(item, dict) else str(item)


def _document(entry: Entry, field: FieldChange, draft: Comparison) -> None:
    _put_short(entry, _exported(draft), KEYS_OF["document"], "document", field)


def _trust(entry: Entry, field: FieldChange, draft: Comparison) -> None:
    _put_short(entry, _exported(draft), KEYS_OF["trust"], "trust_document", field)


def _put_short(
    entry: Entry, exported: Mapping[str, Any], keys: tuple[str, ...], whole: str, field: FieldChange
) -> None:
    """Write it as export does, or the document as a whole where a spec can't say it in short."""
    short = {key: exported[key] for key in keys if key in exported}
    for key, value in (short or {whole: json.loads(str(field.before))}).items():
        put(entry, key, value, tuple(other for other in keys if other not in short))


def _inline(entry: Entry, field: FieldChange, draft: Comparison) -> None:
    inline = entry.setdefault("inline", {})
    document = Document(field.before).data if isinstance(field.before, str) else None
    short = _exported(draft).get("inline", {}).get(field.item)
    put(inline, field.item, None if document is None else short or {"document": document})
    if not inline:
        del entry["inline"]


def _exported(draft: Comparison) -> Mapping[str, Any]:
    """What export would say of the live resource; nothing where it can't."""
    address = draft.change.address
    partition = draft.have.arn.split(":")[1]
    try:
        exported: Exported = draft.seen.desired.kind.to_spec(
            draft.have, SpecContext(address.account, partition, "")
        )
    except (NotExported, Unsayable):
        return {}
    return exported.section


_WRITERS: dict[str, Callable[[Entry, FieldChange, Comparison], None]] = {
    "description": _value,
    "boundary": _value,
    "max_session_duration": _duration,
    "tags": _tags,
    "attached": _attached,
    "document": _document,
    "trust": _trust,
    "inline": _inline,
}


def _ignored(file: SpecText, difference: AcceptedDifference, reason: str, until: str) -> str:
    kind, address, field = (
        difference.draft.seen.desired.kind,
        difference.draft.change.address,
        difference.field,
    )
    if field is None or kind.NOT_EDITABLE:
        raise NotEditable("that difference can't be left alone by an entry under a resource")
    last = {"until": until} if until else {}
    new = [{"facet": field.field, **match, "reason": reason, **last} for match in _matches(field)]
    return file.changed(
        kind.SECTION, address.name, lambda entry: listed(entry, "ignore").extend(map(nodes, new))
    )


def _matches(field: FieldChange) -> list[dict[str, str]]:
    """An entry for each live value too many; one for the whole field where values are only missing."""
    if field.shape == "set" and field.removed:
        return [{"match": value} for value in field.removed]
    return [{"match": field.item}] if field.item and field.before is not None else [{}]
