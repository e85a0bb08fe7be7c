"""The resources of a grant: which of its actions go with which ARNs, and so how many statements it makes."""

from dataclasses import dataclass

from reconciler.core.problems import Problems
from reconciler.policy import lint_codes
from reconciler.policy.catalogue import actions as catalogue
from reconciler.policy.catalogue import reference_disagreements, resource_arns
from reconciler.policy.catalogue.actions import Action
from reconciler.policy.document.grammar_texts import is_stunted, resource_complaint
from reconciler.policy.grants import short_resources
from reconciler.policy.grants.actions import EVERYTHING, GrantEntry
from reconciler.policy.grants.short_resources import Filling

ANY_IN_ACCOUNT = "any-in-account"
EVERY_RESOURCE = "*"
# IAM's own longest ARN (arnType) is the longest that is known.
_LONGEST = 2048


@dataclass(frozen=True, slots=True)
class ResourceGroup:
    """Actions and the resources they are allowed on: one statement.

    `in_account` where only a condition says "this account".
    """

    entries: tuple[GrantEntry, ...]
    arns: tuple[str, ...]
    in_account: bool = False


def any_in_account(entries: list[GrantEntry], filling: Filling, problems: Problems) -> list[ResourceGroup]:
    """At most three groups: ARNs of this account, S3's ARNs without an account, and `*`."""
    own: list[GrantEntry] = []
    global_s3: list[GrantEntry] = []
    star: list[GrantEntry] = []
    arns_of_account: set[str] = set()
    s3_arns: set[str] = set()
    for entry in entries:
        kinds = _kinds_of_arns(entry, filling, problems)
        if kinds is None:
            continue
        arns, buckets = kinds
        arns_of_account |= arns
        s3_arns |= buckets
        if arns:
            own.append(entry)
        if buckets:
            global_s3.append(entry)
        if not arns and not buckets:
            star.append(entry)
    for arn in sorted(arns_of_account):
        if resource_arns.names_no_account(arn):
            problems.note(
                "IAM608",
                f"{arn} names no account: the words any-in-account promise more than IAM can say",
                "resources",
            )
    groups = (
        ResourceGroup(tuple(own), resource_arns.without_covered(arns_of_account)),
        ResourceGroup(tuple(global_s3), resource_arns.without_covered(s3_arns), in_account=True),
        ResourceGroup(tuple(star), (EVERY_RESOURCE,)),
    )
    return [group for group in groups if group.entries]


def _kinds_of_arns(
    entry: GrantEntry, filling: Filling, problems: Problems
) -> tuple[set[str], set[str]] | None:
    """The entry's own ARNs and its S3 ARNs without account; None where its actions don't agree."""
    sets: dict[tuple[bool, bool], list[Action]] = {}
    arns: set[str] = set()
    buckets: set[str] = set()
    for action in entry.meant:
        try:
            action_arns = set(
                resource_arns.any_in_account(action, filling.account, filling.partition, filling.region)
            )
        except resource_arns.OddTemplate as odd:
            problems.error(
                f"{action.full} has resources of the form {odd}: list them instead of any-in-account",
                *entry.path,
            )
            return None
        of_s3 = {
            a
            for a in action_arns
            if action.service == "s3" and resource_arns.is_s3(a) and resource_arns.names_no_account(a)
        }
        sets.setdefault((bool(action_arns - of_s3), bool(of_s3)), []).append(action)
        arns |= action_arns - of_s3
        buckets |= of_s3
    if len(sets) == 1:
        return arns, buckets
    smallest = min(sets.values(), key=len)
    names = ", ".join(action.name for action in smallest[:3]) + (", …" if len(smallest) > 3 else "")
    bare = entry.text.partition(":")[2]
    problems.error(
        f'"{bare}" also matches {names}, which takes other resources: list the actions, or split the grant',
        *entry.path,
    )
    return None


def listed(
    key: str,
    texts: tuple[str, ...],
    entries: list[GrantEntry],
    filling: Filling,
    problems: Problems,
    *,
    short: bool,
) -> tuple[str, ...]:
    """The ARNs of `resources:` or `not_resources:` (`key`), short forms completed.

    `short` where those may stand.
    """
    if texts == (EVERY_RESOURCE,) and key == "resources":
        return texts
    actions = [action for entry in entries for action in entry.meant]
    # What is left out need not be something that the actions take, but the service must have such things.
    wider = actions if key == "resources" else _of_services(actions)
    arns = []
    for index, text in enumerate(texts):
        here = problems.under(key, index)
        if text in (ANY_IN_ACCOUNT, EVERY_RESOURCE):
            here.error(
                f'"{text}" stands alone in resources'
                if key == "resources"
                else f'"{text}" can\'t stand here: list ARNs or short forms'
            )
            continue
        if len(text) > _LONGEST:
            here.error(f"{len(text)} characters: no ARN is longer than {_LONGEST}")
            continue
        arn = text if text.startswith("arn:") else _completed(text, actions, filling, here, short=short)
        if arn and _is_fine(arn, entries, wider, here):
            arns.append(arn)
    return tuple(sorted(set(arns)))


def _of_services(actions: list[Action]) -> list[Action]:
    services = sorted({action.service for action in actions})
    return [action for service in services for action in catalogue.actions_of(service).values()]


def _completed(text: str, actions: list[Action], filling: Filling, problems: Problems, *, short: bool) -> str:
    if not short:
        problems.error(f'without "service" a resource is a full ARN or "*", found "{text[:60]}"')
        return ""
    try:
        return short_resources.completed(text, actions, filling)[0]
    except short_resources.NoFit as why:
        problems.error(str(why))
    except resource_arns.OddTemplate as odd:
        problems.error(f"resources of the form {odd} have no short form: write the ARN")
    return ""


def _is_fine(arn: str, entries: list[GrantEntry], actions: list[Action], problems: Problems) -> bool:
    complaint = resource_complaint(arn) or ("it has too few colons" if is_stunted(arn) else "")
    if complaint:
        problems.error(f"IAM refuses this ARN: {complaint}")
        return False
    if any(entry.text == EVERYTHING for entry in entries) or not any(a.resources for a in actions):
        return True
    if any(_takes(action, arn) for action in actions):
        return True
    doubt = _doubt(actions, arn)
    if doubt:
        problems.warning(lint_codes.UNUSED_RESOURCE, doubt)
        return True
    forms = sorted({template for action in actions for template in action.resources})
    problems.error(
        "no action of this grant takes this resource; they take"
        f" {', '.join(forms[:4])}{', …' if len(forms) > 4 else ''}"
    )
    return False


def _takes(action: Action, arn: str) -> bool:
    """Whether the action acts on the ARN, as the reference or a guide says.

    ARNs of AWS's own resources have no account.
    """
    return (
        resource_arns.takes(action, arn)
        or resource_arns.takes_of_aws(action, arn)
        or reference_disagreements.is_asked_on(action, arn)
    )


def _doubt(actions: list[Action], arn: str) -> str:
    """Why an ARN that the reference does not list may be right all the same, "" where it is wrong."""
    if resource_arns.is_of_aws(arn) or any(resource_arns.takes_of_nobody(action, arn) for action in actions):
        return f"{arn} has no account of a customer in it, so it is a thing of AWS's own, or nothing"
    if any(reference_disagreements.grants_elsewhere(action, arn) for action in actions):
        return (
            f"the reference of {catalogue.data_date()} lists no such resource for these actions, and AWS's"
            " own policies or guides grant them so: whether it does anything is not documented"
        )
    return ""


def check_none_is_left_without(entries: list[GrantEntry], arns: tuple[str, ...], problems: Problems) -> None:
    """Report actions that no resource is for; of a wildcard's actions one with a resource is enough."""
    if arns == (EVERY_RESOURCE,):
        return
    for entry in entries:
        if not entry.meant or any(_takes(a, arn) for a in entry.meant for arn in arns):
            continue
        doubts = {arn: doubt for arn in arns if (doubt := _doubt(list(entry.meant), arn))}
        if not doubts:
            problems.error(_left_without(entry, arns), *entry.path)
        elif any(_takes(a, arn) for other in entries for a in other.meant for arn in doubts) or not any(
            a.resources for a in entry.meant
        ):
            # What no action takes was reported where it stands.
            problems.warning(
                lint_codes.UNUSED_RESOURCE, f"{entry.text}: {next(iter(doubts.values()))}", *entry.path
            )


def _left_without(entry: GrantEntry, arns: tuple[str, ...]) -> str:
    name = entry.text
    if not any(action.resources for action in entry.meant):
        return (
            f"{name} takes no resource, so this would never apply to it: give it a grant of its own with"
            ' resources: "*"'
        )
    buckets = sorted(
        {resource_arns.tail_of(a).partition("/")[0] for a in arns if resource_arns.is_s3(a) and "/" in a}
    )
    takes_buckets = any(t.endswith(resource_arns.BUCKET) for action in entry.meant for t in action.resources)
    if takes_buckets and buckets:
        return f"{name} is left without a resource: add {', '.join(buckets)}"
    forms = sorted({template for action in entry.meant for template in action.resources})
    return f"{name} is left without a resource: it takes {', '.join(forms[:4])}"
