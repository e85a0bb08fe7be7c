"""Plans as text for people."""

from collections.abc import Iterable, Iterator

from reconciler.core.address import Address
from reconciler.core.change import Change, FieldChange
from reconciler.core.plan import Header, Plan, Refusal, Unread
from reconciler.core.text import escaped, owned_by, owner_words, plural, shortened
from reconciler.policy.document.document import Document
from reconciler.report.words import access as access_words
from reconciler.report.words.field import lines, signed, title
from reconciler.report.words.statement import rows, texts
from reconciler.report.words.style import Style

SIGNS = {"create": "+", "update": "~", "adopt": "»", "delete": "-", "release": "»", "none": " "}
_SOURCE_COLUMN = 84
# Holders of one policy can be hundreds.
_MOST_INDIRECT = 20
# Of the specs in the first line; and of the resources that are refused for the same reason.
_MOST_SPECS, _MOST_REFUSED = 3, 20
_ADOPT = "--adopt"


def plan_text(plan: Plan, style: Style) -> str:
    """The whole plan."""
    parts = [header_line(plan.header, len(plan.changes) + len(plan.unread)), ""]
    through = access_words.indirect(plan)
    named, left = named_holders(plan)
    for change in plan.changes:
        if is_worth_a_line(change) or change.address in named:
            parts += [*_change(change, plan, style, through.get(change.address, "")), ""]
    if left:
        parts += [f"{style.sign('i', 'i')} and {left} more whose access changes through these", ""]
    for unread in plan.unread:
        place = style.place(unread.source)
        parts += [
            style.sign("!", f"! {escaped(str(unread.address))} could not be read: {unread.message}")
            + f"  {place}",
            "",
        ]
    if missing := missing_line(plan.unread):
        parts += [style.sign("!", f"! {missing}"), ""]
    notes = [f"{style.sign('i', 'i')} {escaped(note)}" for note in plan.notes]
    parts += [*notes, ""] if notes else []
    parts += _refusals(plan.refusals, style)
    if plan.refusals:
        parts.append("")
    parts.append(last_line(plan))
    return "\n".join(parts) + "\n"


def missing_line(unread: Iterable[Unread]) -> str:
    """A line with all of them, "" where no permission is missing."""
    permissions = sorted({entry.permission for entry in unread if entry.permission})
    return f"missing permissions: {', '.join(map(escaped, permissions))}" if permissions else ""


def header_line(header: Header, resources: int) -> str:
    """For whom and where the plan was made."""
    caller = header.caller.partition(":")[2].rpartition(":")[2] or header.caller
    what = "rollback of " if header.takes_back else "to destroy: " if header.destroys else ""
    specs = shortened(header.specs, _MOST_SPECS)
    cells = [what + escaped(specs), f"account {header.account}", f"as {escaped(caller)}"]
    if header.endpoint:
        cells.append(f"endpoint {escaped(header.endpoint)}")
    return " · ".join([*cells, plural(resources, "resource"), plural(header.reads, "read")])


def is_worth_a_line(change: Change) -> bool:
    """Whether there is something to say of it."""
    return change.differs or bool(change.calls or change.notes or change.noted or change.ignored)


def named_holders(plan: Plan) -> tuple[frozenset[Address], int]:
    """Those shown only because their access changes through others, and how many of them are left out."""
    through = access_words.indirect(plan)
    addresses = [c.address for c in plan.changes if c.address in through and not is_worth_a_line(c)]
    return frozenset(addresses[:_MOST_INDIRECT]), max(0, len(addresses) - _MOST_INDIRECT)


def _change(change: Change, plan: Plan, style: Style, through: str) -> list[str]:
    account = plan.header.account
    sign = "!" if change.obstacles else SIGNS[change.action]
    if sign == " ":
        sign = "i"
    head = f"{sign} {escaped(str(change.address))}"
    # What a rollback changes is neither in a spec nor anybody's drift.
    origin = change.origin if change.action == "update" and not plan.header.takes_back else ""
    label = origin or through
    middle = f"{head:<45} {escaped(label)}" if label else head
    place = style.place(change.source)
    text_lines = [f"{style.sign(sign, middle)}{' ' * max(2, _SOURCE_COLUMN - len(middle))}{place}"]
    if change.action == "adopt":
        text_lines.append(f"    {_adoption(change)}")
    if change.action == "release":
        text_lines.append(
            f"    {escaped(owned_by(change.owner))}, which lets go of it: it stays, without the spec's tags"
        )
    for field in change.fields:
        text_lines += _field(field, account, style, new=change.action == "create")
    for name, (mark, text) in access_words.lines_of(plan, change.address, new=change.action == "create"):
        text_lines.append(f"    {name:<12} {style.sign(mark, f'{mark} {text}')}")
    text_lines += [
        f"    {style.sign('i', 'i')} {line}"
        for line in _remarks(change, account, back=bool(plan.header.takes_back))
    ]
    text_lines += [f"    {style.sign('!', '!')} {escaped(obstacle)}" for obstacle in change.obstacles]
    return text_lines


def _adoption(change: Change) -> str:
    removes = [
        f"{title(f)} {text}"
        for f in change.fields
        for sign, text in signed(f, change.address.account)
        if sign == "-"
    ]
    loss = f"; adopting removes: {'; '.join(removes)}" if removes else ""
    return f"exists, {escaped(owner_words(change.owner, change.foreign))}{loss}"


def _field(field: FieldChange, account: str, style: Style, *, new: bool) -> list[str]:
    if new and field.field == "document" and isinstance(field.after, str):
        return [f"    {escaped(text)}" for text in texts(rows(Document(field.after).statements))]
    name, text_lines = title(field), []
    width = max(12, len(name))
    for sign, text in lines(field, account):
        shown = text if new else style.sign(sign, f"{sign} {text}")
        text_lines.append(f"    {name:<{width}} {shown}")
        name = ""
    return text_lines


def _remarks(change: Change, account: str, *, back: bool) -> list[str]:
    remarks = [escaped(note) for note in change.notes]
    for field in change.noted:
        what = " ".join(f"{sign} {text}" for sign, text in lines(field, account))
        remarks.append(f"{title(field)}: {field.note}: {what}")
    for field, reason in change.ignored:
        what = " ".join(f"{sign} {text}" for sign, text in lines(field, account))
        remarks.append(f"{title(field)}: left alone ({escaped(reason)}): {what}")
    if change.calls and not change.differs:
        taken = all(call.operation.startswith("Untag") for call in change.calls)
        remarks.append(
            "our tags are taken off"
            if taken
            else "our tags are put back"
            if back
            else "the ownership tag is refreshed"
        )
    return remarks


def _refusals(refusals: tuple[Refusal, ...], style: Style) -> Iterator[str]:
    """A line each; what is to be adopted is one list."""
    adopted = [refusal for refusal in refusals if refusal.consent == _ADOPT]
    for refusal in refusals:
        words = escaped(refusal.message) + (f" (consent with {refusal.consent})" if refusal.consent else "")
        if refusal.consent != _ADOPT or len(adopted) == 1:
            about = f"{escaped(str(refusal.address))}: " if refusal.address else ""
            yield f"{style.sign('!', '! refused')} {about}{words}"
        elif refusal is adopted[0]:
            yield f"{style.sign('!', '! refused')}, {words}:"
            yield from (f"    {escaped(str(other.address))}" for other in adopted[:_MOST_REFUSED])
            if len(adopted) > _MOST_REFUSED:
                yield f"    and {len(adopted) - _MOST_REFUSED} more"


def last_line(plan: Plan) -> str:
    """What would be done, in one line, and what apply would refuse of it."""
    refused = _refused(plan)
    return _summed_up(plan) + (f" · {refused}" if refused else "")


def _refused(plan: Plan) -> str:
    wanted = sorted({r.consent for r in plan.refusals if r.consent})
    final = sum(not r.consent for r in plan.refusals)
    if not plan.refusals:
        return ""
    if not wanted:
        return f"{final} refused, which no option lifts"
    more = f", {final} of them in any case" if final else ""
    return f"{len(plan.refusals)} refused without {' '.join(wanted)}{more}"


def _summed_up(plan: Plan) -> str:
    counts = plan.count()
    words = (
        ("create", "to create"),
        ("update", "to update"),
        ("adopt", "to adopt"),
        ("delete", "to delete"),
        ("release", "to let go of"),
        ("blocked", "can't be done"),
    )
    parts = [f"{counts[key]} {word}" for key, word in words if counts[key]]
    if plan.unread:
        parts.append(f"{len(plan.unread)} not read")
    if not parts:
        return f"nothing differs · {calls_line(plan)}" if plan.calls else _nothing(plan.header)
    access = access_words.summary(plan)
    return f"{', '.join(parts)} · {calls_line(plan)}" + (f" · {access}" if access else "")


def _nothing(header: Header) -> str:
    if header.destroys:
        return "nothing to delete: the specs own nothing here"
    return "nothing to restore" if header.takes_back else "nothing to change: live is as the spec says"


def calls_line(plan: Plan) -> str:
    """How many calls, and which."""
    if not plan.calls:
        return "no calls"
    counts: dict[str, int] = {}
    for call in plan.calls:
        counts[call.operation] = counts.get(call.operation, 0) + 1
    named = ", ".join(name if n == 1 else f"{name} ×{n}" for name, n in counts.items())
    return f"{plural(len(plan.calls), 'call')}: {named}"
