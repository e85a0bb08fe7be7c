"""The use case of `reconcile can`: what a role may do by the specs, offline."""

import re

from reconciler.app.expectations import holdings
from reconciler.app.request import SpecSelection
from reconciler.app.specs import load
from reconciler.core.errors import PlanError
from reconciler.core.problems import Problems
from reconciler.core.text import similar
from reconciler.policy.catalogue import actions
from reconciler.policy.compare.identity import IdentityDecision, IdentityPolicies, ruling
from reconciler.policy.grants.actions import checked
from reconciler.policy.meaning.evaluate import AccessRequest

_NO_ROLE = "plan, verify and drift with --report html=FILE show what users and groups may do"
_OF_OTHERS = re.compile(
    r"(user|group|policy|instance-profile)\.|arn:[^:]*:iam::[0-9]*:(user|group|policy|instance-profile)/"
)


def check_may_be_role(text: str) -> None:
    """Raise for the ARN or address of another kind. A name with a dot alone is no reason.

    Raises:
        PlanError: it is of another kind.
    """
    if _OF_OTHERS.match(text):
        raise PlanError(f"{text} is no role, and can answers for roles only", _NO_ROLE)


def of_specs(request: SpecSelection, role: str, account: str | None, partition: str) -> IdentityPolicies:
    """The policies of a role as the specs describe it.

    Raises:
        SpecError: the specs are wrong.
        PlanError: no loaded spec has the role.
    """
    specs = load(request, account, partition)
    matching = [
        r for r in specs.desired if r.address.kind == "role" and role in (r.address.name, r.state.arn)
    ]
    if not matching:
        names = [r.address.name for r in specs.desired if r.address.kind == "role"]
        others = [r.address for r in specs.desired if role in (r.address.name, r.state.arn)]
        check_may_be_role(str(others[0]) if others else role)
        guess = similar(role, names)
        raise PlanError(
            f"no loaded spec has a role {role}", f"did you mean {guess}?" if guess else "--live asks AWS"
        )
    return holdings(matching[0], specs)


def ruling_of(
    request: SpecSelection, role: str, account: str | None, partition: str, asked: AccessRequest
) -> IdentityDecision:
    """The answer by the specs.

    Raises:
        SpecError: the specs are wrong.
        PlanError: no loaded spec has the role.
    """
    return ruling(of_specs(request, role, account, partition), asked)


_SOME_ACCOUNT = "123456789012"
_VARIABLE = re.compile(r"\$\{[^}]*\}")


def _filled(template: str, account: str) -> str:
    """An ARN that could be asked for."""
    known = template.replace("${Partition}", "aws").replace("${Account}", account)
    return _VARIABLE.sub("*", known)


def access_request(
    action: str, resource: str | None, context: dict[str, tuple[str, ...]], account: str | None = None
) -> AccessRequest:
    """What is asked, checked as far as the action data goes.

    Raises:
        PlanError: there is no such action, or the resource is missing.
    """
    problems = Problems()
    if not checked(action, problems):
        raise PlanError(problems.found[0].message)
    service, _, name = action.partition(":")
    taken = actions.matching(service, name)[0].resources
    if resource is None and taken:
        raise PlanError(
            f"{action} acts on a resource: name it", f"such as {_filled(taken[0], account or _SOME_ACCOUNT)}"
        )
    if resource is not None and not resource.startswith("arn:") and resource != "*":
        raise PlanError(f"{resource} is no ARN")
    values = {key: texts[0] if len(texts) == 1 else texts for key, texts in context.items()}
    return AccessRequest(action, resource or "*", None, values)
