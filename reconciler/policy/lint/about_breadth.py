"""Grants that give more than anyone means to (IAM301 to 308, 311)."""

from collections.abc import Iterator

from reconciler.policy import broad, escalations, globs
from reconciler.policy.lint.subject import Finding, Listed, Part, Subject

# Actions whose answers are credentials, or turn into some (cloudsplaining's list of credentials exposure, as far as they take
# a resource that could be named).
_CREDENTIALS = frozenset(
    {
        "codeartifact:getauthorizationtoken", "ec2:getpassworddata", "eks-auth:assumeroleforpodidentity",
        "iam:createaccesskey", "iam:createloginprofile", "iam:createservicespecificcredential",
        "iam:resetservicespecificcredential", "iam:updateaccesskey", "iam:updateloginprofile",
        "lightsail:getinstanceaccessdetails", "lightsail:getrelationaldatabasemasteruserpassword",
        "rds-db:connect", "redshift:getclustercredentials", "redshift:getclustercredentialswithiam",
        "redshift-serverless:getcredentials", "sts:assumerole", "sts:getfederationtoken",
    }
)  # fmt: skip
# Actions that hand out what is stored (cloudsplaining's data exfiltration, and the key that opens what is encrypted).
_DATA = frozenset(
    {
        "kms:decrypt", "s3:getobject", "s3:getobjectversion", "secretsmanager:batchgetsecretvalue",
        "secretsmanager:getsecretvalue", "ssm:getparameter", "ssm:getparameterhistory", "ssm:getparameters",
        "ssm:getparametersbypath",
    }
)  # fmt: skip
_HANDS_OVER = "iam:passrole"
_MOST_NAMED = 3


def check(subject: Subject) -> Iterator[Finding]:
    """Each allowing statement, and what all of them come to."""
    admins = [part for part in subject.parts if broad.admin_level_of(part.raw) != broad.NOT]
    for part in admins:
        held = " under a condition" if part.tests else ""
        yield Finding("IAM301", part.path, f"this allows every action on everything{held}: name the services, or attach aws:AdministratorAccess where it can be seen")  # fmt: skip
    for part in subject.parts:
        if part.allows and part not in admins:
            yield from _of_statement(part)
    if not admins:
        yield from _escalations(subject)


def _of_statement(part: Part) -> Iterator[Finding]:
    if "NotAction" in part.raw:
        yield Finding("IAM307", (*part.path, "NotAction"), "NotAction in an Allow grants all other actions of all services, those of tomorrow included: list what is needed", on_key=True)  # fmt: skip
    if "NotResource" in part.raw:
        yield Finding("IAM308", (*part.path, "NotResource"), "NotResource in an Allow grants everything else, also what is made tomorrow: list what is needed", on_key=True)  # fmt: skip
    yield from _any_account(part)
    if "NotAction" in part.raw or "NotResource" in part.raw:
        return
    for action in part.actions:
        if part.is_on_everything:
            yield from _on_everything(part, action)
        elif _grants(action, _HANDS_OVER) and any(_is_any_role(text) for _, text in part.resources):
            yield from _passes(part, action)


def _on_everything(part: Part, action: Listed) -> Iterator[Finding]:
    if (
        action.name.strip("*") == ""
        and action.service
        and not action.is_of_any_service
        and len(action.meant) > 1
    ):
        yield Finding("IAM302", action.path, f'{action.text} on "*" is all of {action.service}, its administration included: name the actions, or the resources')  # fmt: skip
        return
    if _grants(action, _HANDS_OVER):
        yield from _passes(part, action)
    for code, those, what in (
        ("IAM305", _CREDENTIALS, "gives out credentials of anybody"),
        ("IAM306", _DATA, "gives out whatever is stored in the account"),
    ):
        found = sorted(one.full for one in action.meant if one.full.lower() in those and one.resources)
        if found:
            named = ", ".join(found[:_MOST_NAMED]) + (", …" if len(found) > _MOST_NAMED else "")
            is_it = (
                f'{action.text} on "*"'
                if found == [action.text]
                else f'{action.text} on "*" holds {named}, and'
            )
            yield Finding(code, action.path, f"{is_it} {what}: name the resources")


def _passes(part: Part, action: Listed) -> Iterator[Finding]:
    if any(test.folded in ("iam:passedtoservice", "iam:associatedresourcearn") for test in part.tests):
        return
    yield Finding("IAM303", action.path, f"{action.text} on any role hands every role of the account to whatever service will run it: name the roles, and the service in iam:PassedToService")  # fmt: skip


def _grants(action: Listed, name: str) -> bool:
    return any(one.full.lower() == name for one in action.meant)


def _is_any_role(text: str) -> bool:
    parts = text.split(":", 5)
    return len(parts) > 5 and parts[2] == "iam" and globs.matches(parts[5], "role/\ue002")


def _any_account(part: Part) -> Iterator[Finding]:
    if not any(_grants(action, "sts:assumerole") for action in part.actions):
        return  # all else that is done with a role is done in one's own account
    for path, text in part.resources:
        parts = text.split(":", 5)
        if (
            len(parts) == 6
            and parts[2] == "iam"
            and globs.is_pattern(parts[4])
            and parts[5].startswith("role")
        ):
            yield Finding("IAM311", path, f"{text} is a role of this name in any account, also one that somebody makes for it: write the account")  # fmt: skip


def _escalations(subject: Subject) -> Iterator[Finding]:
    held = tuple(part.statement for part in subject.parts)
    around = subject.around
    found = escalations.reachable(held, around.account, around.partition)
    # All of IAM, and PassRole on anything, are said as such.
    whole = {a.service for p in subject.parts if p.allows for a in p.actions if a.name == "*"}
    for one in escalations.ESCALATIONS:
        if one not in found or "iam" in whole:
            continue
        path = _where(subject, one.actions[-1])
        leads = "which leads as far as their roles" if one.indirect else "which leads to all permissions"
        yield Finding("IAM304", path, f"{' and '.join(one.actions)} {one.how}, {leads}: name the resources")  # fmt: skip


def _where(subject: Subject, action: str) -> tuple[str | int, ...]:
    """The entry that grants the action."""
    service, _, name = action.lower().partition(":")
    for part in subject.parts:
        for listed in part.actions if part.allows else ():
            if any(one.full.lower() == action.lower() for one in listed.meant) or globs.matches(listed.text.lower(), f"{service}:{name}"):  # fmt: skip
                return listed.path
    return ("Statement",)
