"""Actions that take none of their statement's resources, and resources that no action takes (IAM103, 104)."""

from collections.abc import Iterator

from reconciler.policy import lint_codes
from reconciler.policy.catalogue import reference_disagreements, resource_arns
from reconciler.policy.catalogue.actions import PLACEHOLDER, Action, data_date
from reconciler.policy.catalogue.resource_arns import readable
from reconciler.policy.lint import disputed_grants
from reconciler.policy.lint.rule import LintRule
from reconciler.policy.lint.subject import LintFinding, ListedAction, StatementPart, Subject

RULES = (
    LintRule(
        "IAM103",
        "Action that takes none of the resources",
        why="An action is granted only on resources of its own types: ListBucket on the bucket, GetObject"
        " on the objects, a list of everything on * alone.",
        source="SAR, resource types of each action",
        analyzer=("UNSUPPORTED_RESOURCE_ARN_IN_POLICY",),
        parliament=("RESOURCE_MISMATCH",),
    ),
    LintRule(
        lint_codes.UNUSED_RESOURCE,
        "Resource that no action takes",
        why="An ARN that none of the statement's actions acts on is there for nothing, and most often a"
        " slip in the ARN.",
        source="SAR, resource types of each action",
        analyzer=("INVALID_ARN_RESOURCE", "INVALID_SERVICE"),
        parliament=("RESOURCE_MISMATCH", "INVALID_ARN"),
    ),
)
_MOST_NAMED, _MOST_FORMS = 3, 2


def check(subject: Subject) -> Iterator[LintFinding]:
    """Each statement's actions against its resources."""
    for part in subject.parts:
        if "Resource" in part.raw and not part.statement.actions.negated:
            yield from _pairs(part)


def _pairs(part: StatementPart) -> Iterator[LintFinding]:
    """Actions that take none of the resources, then resources that no other action takes."""
    if part.is_on_everything or any(a.is_of_any_service or not a.meant for a in part.actions):
        return
    texts = [readable(text) for _, text in part.resources]
    idle = [
        a
        for a in part.actions
        if not _takes_any(a.meant, texts)
        and not all(map(reference_disagreements.needs_no_permission, a.meant))
    ]
    for action in idle:
        disputed = [text for text in texts if _is_disputed(action.meant, [text])]
        if disputed:
            yield disputed_grants.on_resources(action.path, action.text, _shown(disputed))
        else:
            yield LintFinding("IAM103", action.path, _of_action(action, texts))
    if len(idle) == len(part.actions):
        return  # said already, of each action
    for (path, text), readable_text in zip(part.resources, texts, strict=True):
        if not any(
            _takes_any(a.meant, [readable_text]) or _is_disputed(a.meant, [readable_text])
            for a in part.actions
        ):
            yield LintFinding(lint_codes.UNUSED_RESOURCE, path, _of_resource(text, part.actions))


def _takes_any(actions: tuple[Action, ...], texts: list[str]) -> bool:
    return any(_is_taken(action, text) for action in actions for text in texts)


def _is_taken(action: Action, text: str) -> bool:
    return (
        resource_arns.takes(action, text)
        or resource_arns.takes_of_aws(action, text)
        or reference_disagreements.is_asked_on(action, text)
    )


def _is_disputed(actions: tuple[Action, ...], texts: list[str]) -> bool:
    return any(reference_disagreements.grants_elsewhere(action, text) for action in actions for text in texts)


def _shown(texts: list[str]) -> str:
    return ", ".join(texts[:_MOST_NAMED]) + (", …" if len(texts) > _MOST_NAMED else "")


def _of_action(action: ListedAction, texts: list[str]) -> str:
    shown = _shown(texts)
    if not any(meant.resources for meant in action.meant):
        asked = reference_disagreements.asked_on(action.meant[0], "aws")
        if asked != "*":
            return (
                f"{action.text} is asked for on {asked} as a whole, so on {shown} it is never granted: write"
                f' "{asked}" or "*" for it'
            )
        if any(reference_disagreements.grants_once(meant, text) for meant in action.meant for text in texts):
            return (
                f'{action.text} takes no resource by the list of {data_date()}, and {shown} is one: write "*"'
                " for it, in a statement of its own"
            )
        return (
            f"{action.text} takes no resource by the list of {data_date()}, so on {shown} it is never"
            ' granted: write "*" for it, in a statement of its own'
        )
    return f"{action.text} acts on none of {shown}: {_instead(action.meant, texts)}"


def _of_resource(text: str, actions: tuple[ListedAction, ...]) -> str:
    named = ", ".join(a.text for a in actions[:_MOST_NAMED]) + (", …" if len(actions) > _MOST_NAMED else "")
    return (
        f"{text} is nothing that {named} could act on: take it out, or correct it;"
        f" {_instead(tuple(m for a in actions for m in a.meant), [text])}"
    )


def _instead(actions: tuple[Action, ...], texts: list[str]) -> str:
    """What to write, for the mistakes that everybody makes; else the form of ARN that would do."""
    forms = sorted({template for action in actions for template in action.resources})
    if any(":alias/" in text and ":kms:" in text for text in texts):
        return (
            "KMS checks the key and not its alias; name the key, or key/* with the condition kms:RequestAlias"
            " or kms:ResourceAliases"
        )
    if all(_is_bucket(text) for text in texts) and any("${ObjectName}" in form for form in forms):
        return f"objects are {texts[0]}/*"
    if all(":s3:::" in text and "/" in text for text in texts) and any(
        f.endswith(resource_arns.BUCKET) for f in forms
    ):
        return f"the bucket is {texts[0].partition('/')[0]}"
    services = {text.split(":", 3)[2] for text in texts if text.count(":") > 2}
    near = [form for form in forms if form.split(":", 3)[2] in services] or forms
    shown = " or ".join(_readable_form(form) for form in near[:_MOST_FORMS])
    return (
        f"by the list of {data_date()} it would have to be {shown}{', …' if len(near) > _MOST_FORMS else ''}"
    )


def _is_bucket(text: str) -> bool:
    return ":s3:::" in text and "/" not in text


def _readable_form(template: str) -> str:
    return PLACEHOLDER.sub(lambda match: match[0][2:-1].upper(), template).replace("PARTITION", "aws", 1)
