"""Managed policies attached to a principal.

How the language names them, and the calls that bring them about.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from reconciler.core import facts
from reconciler.core.call import Answers, Call, read, write
from reconciler.core.change import FieldChange
from reconciler.core.context import SpecContext
from reconciler.core.problems import Problems
from reconciler.core.text import similar
from reconciler.facets.identity import Identity
from reconciler.language.fields import Instant, Reason, is_over, warn_of_end
from reconciler.language.lint_hook import review_room
from reconciler.language.section import ONE_OR_LIST, Section, shown_also_as, text_or_map
from reconciler.policy.catalogue import known_names, limits
from reconciler.policy.document import arns

# Paths under which AWS keeps managed policies that people name without them.
_AWS_PATHS = ("service-role/", "job-function/")
_GUESSES = 50
_POLICY_NAME = re.compile(r"[\w+=,.@-]{1,128}", re.ASCII)
_WITH_PATH = re.compile(r"(?:[\w+=,.@-]+/)*[\w+=,.@-]{1,128}", re.ASCII)


class AttachSection(Section):
    """An attached managed policy; plain text is short for `policy:`."""

    ELSEWHERE: ClassVar[dict[str, str]] = {
        "arn": "policy:",
        "name": "policy:",
        "policy_arn": "policy:",
        "PolicyArn": "policy:",
    }
    policy: str = Field(
        description="A policy's name in a loaded spec, aws:NAME, policy/PATH/NAME, or an ARN."
    )
    expires: Instant | None = Field(None, description="Not attached from that day on: a date, UTC.")
    reason: Reason | None = Field(None, description="Why, for readers; leaves no trace.")


Attach = Annotated[AttachSection, BeforeValidator(text_or_map("policy")), shown_also_as("string")]


def _attachments(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else (value,)


Attachments = Annotated[tuple[Attach, ...], BeforeValidator(_attachments), ONE_OR_LIST]


def policy_arn(text: str, context: SpecContext, problems: Problems) -> str:
    """The ARN that POLICY of the language means, or "" after reporting why there is none."""
    if text.startswith("arn:"):
        parsed = arns.parse(text)
        if parsed is None or parsed.kind != "policy":
            problems.error(
                f"that is no managed policy's ARN: arn:{context.partition}:iam::ACCOUNT:policy/PATH/NAME"
            )
            return ""
        if context.account_is_known and parsed.account not in ("aws", context.account):
            problems.error(
                f"a policy of account {parsed.account} can't be attached in account {context.account}"
            )
            return ""
        return text
    if text.startswith("aws:") and _WITH_PATH.fullmatch(text[4:]):
        _warn_unless_known(text[4:], problems)
        return f"arn:{context.partition}:iam::aws:policy/{text[4:]}"
    if text.startswith("policy/") and _WITH_PATH.fullmatch(text[7:]):
        return f"arn:{context.partition}:iam::{context.account}:{text}"
    if context.names.arn("policy", text):
        return context.names.arn("policy", text)
    if _POLICY_NAME.fullmatch(text):
        problems.error(_unknown(text, context, guess=len(problems.found) < _GUESSES))
    else:
        problems.error(
            "a policy is named by its NAME in a loaded spec, aws:NAME, policy/PATH/NAME or its ARN"
        )
    return ""


def _warn_unless_known(name: str, problems: Problems) -> None:
    if not known_names.is_known_managed_policy(name):
        guess = known_names.similar_managed_policy(name) if len(problems.found) < _GUESSES else ""
        meant = f"; did you mean aws:{guess}?" if guess else ""
        problems.warning(
            "IAM607",
            f'AWS has no managed policy "{name[:128]}" in the list of'
            f" {known_names.date_of_managed_policies()}{meant}",
        )


def _unknown(text: str, context: SpecContext, *, guess: bool) -> str:
    close = similar(text, context.names.of("policy")) if guess else ""
    if close:
        return f'no loaded spec has a policy "{text}"; did you mean {close}?'
    return (
        f'no loaded spec has a policy "{text}": write aws:{text} for AWS\'s own, policy/{text} for one of'
        " this account"
    )


@dataclass(frozen=True, slots=True)
class Quota:
    """How many policies may be attached to one principal; `hint` says what to do about more."""

    number: int
    hint: str = ""


def quota_of(raised: int | None, key: str) -> Quota:
    """The quota that the spec says was raised under `limits:`, or the default."""
    if raised is not None:
        return Quota(raised, " by the limits: of this spec")
    most = limits.RAISABLE[key].most
    return Quota(
        limits.RAISABLE[key].default, f"; if AWS raised your quota, say so: limits: {{{key}: {most}}}"
    )


def build(
    items: tuple[AttachSection, ...], context: SpecContext, problems: Problems, quota: Quota
) -> frozenset[str]:
    """The ARNs to attach today; two entries for one policy are an error, and more than the quota are."""
    places: dict[str, int] = {}
    over: set[str] = set()
    for index, item in enumerate(items):
        here = problems.under(index)
        arn = policy_arn(item.policy, context, here)
        warn_of_end(item.expires, context.today, here)
        if arn and arn in places:
            problems.clash(
                f"the policy stands twice: {arns.short(arn, context.account)}", (index,), (places[arn],)
            )
        if arn:
            places.setdefault(arn, index)
        if is_over(item.expires, context.today):
            over.add(arn)
    attached = frozenset(places) - over
    review_room(len(attached), quota.number, problems, context)
    if len(attached) > quota.number:
        problems.error(f"{len(attached)} policies; IAM attaches {quota.number}{quota.hint}")
    return attached


def probes(arn: str) -> tuple[Call, ...]:
    """The reads that tell whether a policy exists; AWS's own are looked for on their usual paths too."""
    parsed = arns.parse(arn)
    if parsed is None or not parsed.is_aws_managed or parsed.path != "/":
        return (read("GetPolicy", PolicyArn=arn),)
    head = arn.removesuffix(parsed.name)
    return tuple(read("GetPolicy", PolicyArn=f"{head}{path}{parsed.name}") for path in ("", *_AWS_PATHS))


def needed_probes(arn: str, answers: Answers) -> tuple[Call, ...]:
    """The probes still worth asking: the next path only after the one before it had nothing."""
    asked: list[Call] = []
    for probe in probes(arn):
        asked.append(probe)
        if probe not in answers or answers.get(probe) is not None:
            break
    return tuple(asked)


def found_arn(arn: str, answers: Answers) -> str:
    """The ARN under which the policy was found, or "" where it does not exist."""
    for probe in probes(arn):
        if probe in answers and answers.get(probe) is not None:
            return str(probe.params["PolicyArn"])
    return ""


def missing(arns_: frozenset[str], answers: Answers, promised: frozenset[str]) -> tuple[str, ...]:
    """Why these can't be attached: they don't exist, and no call will make them."""
    return tuple(
        f"there is no policy {arn} in AWS, and this plan makes none"
        for arn in sorted(arns_)
        if facts.exists(arn) not in promised and not found_arn(arn, answers)
    )


def new(wanted: Iterable[str], live: frozenset[str]) -> tuple[str, ...]:
    """Those of the wanted that are not held yet, sorted."""
    return tuple(arn for arn in sorted(wanted) if not any(is_same_policy(arn, attached) for attached in live))


def settled(arn: str, live: frozenset[str], answers: Answers) -> str:
    """The ARN of what was asked for.

    AWS's own policies named without their path get that under which they were found.
    """
    same = [other for other in sorted(live) if is_same_policy(arn, other)]
    return same[0] if same else found_arn(arn, answers) or arn


def all_settled(wanted: frozenset[str], live: frozenset[str], answers: Answers) -> frozenset[str]:
    """The same of several."""
    return frozenset(settled(arn, live, answers) for arn in wanted)


def diff(field: str, want: frozenset[str] | None, have: frozenset[str] | None) -> tuple[FieldChange, ...]:
    """The difference of a set of names or ARNs, none where it is not managed."""
    if want is None or want == (have or frozenset()):
        return ()
    return (FieldChange(field, "set", tuple(sorted(have or ())), tuple(sorted(want))),)


def is_same_policy(wanted: str, live: str) -> bool:
    """Whether a live ARN is what was asked for: AWS's own may be named without their path."""
    if wanted == live:
        return True
    wanted_arn, live_arn = arns.parse(wanted), arns.parse(live)
    return bool(
        wanted_arn
        and live_arn
        and wanted_arn.is_aws_managed
        and live_arn.is_aws_managed
        and wanted_arn.path == "/"
        and wanted_arn.name == live_arn.name
    )


def changes(identity: Identity, want: frozenset[str], have: frozenset[str], quota: int) -> tuple[Call, ...]:
    """Attach and detach calls. Only where the quota leaves no room does an attach wait for a detach."""
    added, removed = sorted(want - have), sorted(have - want)
    over = max(0, len(have) + len(added) - quota) if added else 0
    room = frozenset(facts.detached(identity.key, arn) for arn in removed[:over])
    detaches = [_detach(identity, arn) for arn in removed]
    return (*detaches[:over], *(_attach(identity, arn, room) for arn in added), *detaches[over:])


def summary(want: frozenset[str], account: str) -> str:
    """What is attached, in words for `verify`."""
    attached = ", ".join(arns.short(arn, account).removeprefix("policy/") for arn in sorted(want))
    return f"{attached} attached" if attached else "nothing attached"


GAP = "gap: no room for all attachments at once, so some access is missing until its replacement is in place"


def gap(want: frozenset[str], have: frozenset[str], quota: int) -> bool:
    """Whether the quota forces something off before its replacement is on."""
    added = want - have
    return bool(added) and len(have) + len(added) > quota and bool(have - want)


def notes(want: frozenset[str], have: frozenset[str], quota: int) -> tuple[str, ...]:
    """What a reader of the plan should know of how it is gone about."""
    return (GAP,) if gap(want, have, quota) else ()


def _attach(identity: Identity, arn: str, room: frozenset[str]) -> Call:
    params = {**identity.target, "PolicyArn": arn}
    # What the policy says is settled before it is attached: a tampered one must not be handed out.
    needs = {facts.exists(identity.arn), facts.exists(arn), facts.done(arn, "document")} | room
    done = [facts.attached(identity.key, arn)]
    return write(identity.operation("Attach"), identity.arn, params, needs=needs, provides=done)


def _detach(identity: Identity, arn: str) -> Call:
    params = {**identity.target, "PolicyArn": arn}
    return write(
        identity.operation("Detach"), identity.arn, params, provides=[facts.detached(identity.key, arn)]
    )
