"""Whether a write whose answer was lost has taken effect. IAM has no idempotency tokens (contract §6).

Puts, attaches, tags and updates end in the same state when sent again, so they are. A create sent again
*is* the test: EntityAlreadyExists, and then the tags say whether it was ours. What no tags show, and what
must not be sent again before it is looked for, the kinds say.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from reconciler.aws.client import Client
from reconciler.core.call import Answers, Call, Params, read
from reconciler.core.kind import CreatedRead, LostAnswer
from reconciler.kinds import KINDS

_TAKES_AWAY = ("Delete", "Detach", "Remove", "Untag")


def is_done(call: Call, code: str, client: Client, *, sent_before: bool) -> bool:
    """Whether an error of a write only says that its effect is there already."""
    if code == "NoSuchEntity":
        return call.operation.startswith(_TAKES_AWAY)
    if not sent_before:
        return False
    known = _lost_answers().get(call.operation)
    if known is not None:
        return bool(code) and code == known.refusal and _shows(known, call, client)
    return code == "EntityAlreadyExists" and _is_as_created(call, client)


def took_effect(call: Call, client: Client) -> bool:
    """Whether a write with a lost answer must not be sent again because its effect is there."""
    known = _lost_answers().get(call.operation)
    return known is not None and not known.refusal and _shows(known, call, client)


def _shows(known: LostAnswer, call: Call, client: Client) -> bool:
    answers: dict[Call, Params | None] = {}
    while missing := [asked for asked in known.reads(call, Answers(answers)) if asked not in answers]:
        answers |= {asked: client.ask(asked) for asked in missing}
    return known.shows(call, Answers(answers))


def _is_as_created(call: Call, client: Client) -> bool:
    """Whether what exists has every tag that the create sent; without tags it is not known to be ours."""
    params = call.params
    sent = {(tag["Key"], tag["Value"]) for tag in params.get("Tags", ())}
    return bool(sent) and sent <= _live_tags(call, params, client)


def _live_tags(call: Call, params: dict[str, Any], client: Client) -> set[tuple[str, str]]:
    created = _created_reads().get(call.operation)
    if created is None:
        return set()
    name = call.lane if created.by_arn else params[created.parameter]
    answer = client.ask(read(created.read, **{created.parameter: name})) or {}
    entity: Mapping[str, Any] = answer.get(created.member, {}) if created.member else answer
    return {(tag["Key"], tag["Value"]) for tag in entity.get("Tags", ())}


@cache
def _created_reads() -> Mapping[str, CreatedRead]:
    """How each create can be recognised, by its operation, as the kinds say."""
    reads = (kind.CREATED_READ for kind in KINDS)
    return {created.create: created for created in reads if created is not None}


@cache
def _lost_answers() -> Mapping[str, LostAnswer]:
    """The other ways to recognise what was done, by operation, as the kinds say."""
    return {known.operation: known for kind in KINDS for known in kind.LOST_ANSWERS}
