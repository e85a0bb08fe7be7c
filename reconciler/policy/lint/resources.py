"""Actions and resources that don't go together, and ARNs that nothing can have (IAM103, 104, 115, 116, 118)."""

from collections.abc import Iterator

from reconciler.policy import globs
from reconciler.policy.catalogue import known_names, reference_disagreements, resource_arns
from reconciler.policy.catalogue.actions import PLACEHOLDER, Action, data_date
from reconciler.policy.catalogue.resource_arns import readable
from reconciler.policy.document.arns import ACCOUNT
from reconciler.policy.lint.subject import LintFinding, ListedAction, StatementPart, Subject

_MOST_NAMED, _MOST_FORMS = 3, 2
_SUFFIX = 7


def check(subject: Subject) -> Iterator[LintFinding]:
    """Each ARN by itself, and each statement's actions against its resources."""
    for part in subject.parts:
        for path, text in part.resources:
            yield from _impossible(path, text, subject.around.partition)
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
            yield LintFinding("IAM118", action.path, _of_disputed(action.text, disputed))
        else:
            yield LintFinding("IAM103", action.path, _of_action(action, texts))
    if len(idle) == len(part.actions):
        return  # said already, of each action
    for (path, text), readable_text in zip(part.resources, texts, strict=True):
        if not any(
            _takes_any(a.meant, [readable_text]) or _is_disputed(a.meant, [readable_text])
            for a in part.actions
        ):
            yield LintFinding("IAM104", path, _of_resource(text, part.actions))


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


def _of_disputed(action: str, texts: list[str]) -> str:
    return (
        f"AWS's own policies or guides grant {action} on {_shown(texts)}, and its reference of {data_date()}"
        ' lists no such resource: whether this does anything is not documented; "*" does'
    )


def _shown(texts: list[str]) -> str:
    return ", ".join(texts[:_MOST_NAMED]) + (", …" if len(texts) > _MOST_NAMED else "")


def _of_action(action: ListedAction, texts: list[str]) -> str:
    shown = _shown(texts)
    if not any(one.resources for one in action.meant):
        asked = reference_disagreements.asked_on(action.meant[0], "aws")
        if asked != "*":
            return (
                f"{action.text} is asked for on {asked} as a whole, so on {shown} it is never granted: write"
                f' "{asked}" or "*" for it'
            )
        if any(reference_disagreements.grants_once(one, text) for one in action.meant for text in texts):
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
    return PLACEHOLDER.sub(lambda found: found[0][2:-1].upper(), template).replace("PARTITION", "aws", 1)


def _impossible(path: tuple[str | int, ...], text: str, partition: str) -> Iterator[LintFinding]:
    parts = readable(text).split(":", 5)
    if parts[0] != "arn":
        return
    if len(parts) < 6:
        yield LintFinding(
            "IAM115",
            path,
            f"{text} is cut short, and IAM reads {':'.join([*parts, *['*'] * (6 - len(parts))])}: write all"
            " six parts",
        )
        return
    _, own, service, region, account, tail = parts
    if not globs.is_pattern(own) and own != partition:
        yield LintFinding(
            "IAM115",
            path,
            f"{text} is in the partition {own}, and this is {partition}: nothing here has such an ARN",
        )
        return
    if globs.is_pattern(service):
        yield LintFinding(
            "IAM115",
            path,
            f'{text}: "{service}" is no service, and IAM documents no wildcard there: name the service',
        )
    if region and not globs.is_pattern(region) and region not in known_names.regions(partition):
        yield LintFinding(
            "IAM115", path, f'{text}: there is no region "{region}" in {partition}{_meant(region, partition)}'
        )
    if (
        account
        and not globs.is_pattern(account)
        and account not in resource_arns.AWS_OWN
        and not ACCOUNT.fullmatch(account)
    ):
        yield LintFinding("IAM115", path, f'{text}: an account has twelve digits, and "{account}" is none')
    if service == "s3" and not region and ":" in tail:
        yield LintFinding(
            "IAM115", path, f"{text}: a bucket's name has no colon; its ARN is arn:{partition}:s3:::NAME"
        )
    if service == "ssm" and tail.startswith("parameter//"):
        yield LintFinding(
            "IAM115", path, f"{text}: a parameter's ARN has one slash, also where its name begins with one"
        )
    if service == "secretsmanager" and _lacks_suffix(tail):
        yield LintFinding(
            "IAM116",
            path,
            f"{text} is no secret: Secrets Manager puts a hyphen and six characters behind each name, so"
            f" write {text}-??????",
        )


def _meant(region: str, partition: str) -> str:
    guess = known_names.similar_region(region, partition)
    return f"; did you mean {guess}?" if guess else ""


def _lacks_suffix(tail: str) -> bool:
    name = tail.removeprefix("secret:")
    if name == tail or globs.is_pattern(name):
        return False
    last = name[1 - _SUFFIX :]
    # Six letters of one case are a word: of two hundred suffixes one looks like that.
    is_word = last.isalpha() and last.islower()
    return not (len(name) > _SUFFIX and name[-_SUFFIX] == "-" and last.isalnum() and not is_word)
