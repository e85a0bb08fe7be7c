"""What a role of the specs may do: `reconcile can`, offline, and what specs expect."""

import re
from dataclasses import replace

from reconciler.app.specs import SpecSelection as Paths
from reconciler.app.specs import load
from reconciler.core.desired import Desired
from reconciler.core.errors import PlanError
from reconciler.core.problems import Located, Problems
from reconciler.core.text import escaped, similar
from reconciler.plan.access.changes import holdings as holdings_of
from reconciler.plan.expectations import check_expectation
from reconciler.policy.catalogue import actions
from reconciler.policy.compare.identity import IdentityDecision, IdentityPolicies, ruling
from reconciler.policy.grants.actions import checked
from reconciler.policy.meaning.evaluate import AccessRequest
from reconciler.spec.resolve import Specs

_NO_ROLE = "plan, verify and drift with --report html=FILE show what users and groups may do"
_OF_OTHERS = re.compile(
    r"(user|group|policy|instance-profile)\.|arn:[^:]*:iam::[0-9]*:(user|group|policy|instance-profile)/"
)


def check_may_be_role(text: str) -> None:
    """Raise for the ARN of something else, and for what looks like the address of that.

    Names may have dots as well.

    Raises:
        PlanError: it is of another kind.
    """
    if _OF_OTHERS.match(text):
        raise PlanError(f"{text} is no role, and can answers for roles only", _NO_ROLE)


def of_specs(paths: Paths, role: str, account: str | None, partition: str) -> IdentityPolicies:
    """The documents of a role as the specs describe it.

    Raises:
        SpecError: the specs are wrong.
        PlanError: no loaded spec has the role.
    """
    specs = load(paths, account, partition)
    found = [r for r in specs.desired if r.address.kind == "role" and role in (r.address.name, r.state.arn)]
    if not found:
        names = [r.address.name for r in specs.desired if r.address.kind == "role"]
        others = [r.address for r in specs.desired if role in (r.address.name, r.state.arn)]
        check_may_be_role(str(others[0]) if others else role)
        guess = similar(role, names)
        raise PlanError(
            f"no loaded spec has a role {role}", f"did you mean {guess}?" if guess else "--live asks AWS"
        )
    return holdings(found[0], specs)


def ruling_of(
    paths: Paths, role: str, account: str | None, partition: str, asked: AccessRequest
) -> IdentityDecision:
    """The answer by the specs.

    Raises:
        SpecError: the specs are wrong.
        PlanError: no loaded spec has the role.
    """
    return ruling(of_specs(paths, role, account, partition), asked)


def holdings(role: Desired, specs: Specs) -> IdentityPolicies:
    """The documents of a role, as far as the specs have them."""
    documents = {r.state.arn: r.state.document for r in specs.desired if r.address.kind == "policy"}
    return holdings_of(role.state, documents)


def failed_expectations(specs: Specs) -> tuple[Located, ...]:
    """What the specs expect and do not bring about, at its place.

    What hangs on documents of others is left open.
    """
    roles = {r.address.name: r for r in specs.desired if r.address.kind == "role"}
    found = (
        check_expectation(expectation, holdings(roles[expectation.role_name], specs))
        for expectation in specs.expectations
        if expectation.role_name in roles
    )
    return tuple(
        replace(one.expectation.place, message=escaped(f"{one.expectation}: it is not: {one.why}"))
        for one in found
        if one.answer == "no"
    )


_SOME_ACCOUNT = "123456789012"
_VARIABLE = re.compile(r"\$\{[^}]*\}")


def _filled(template: str, account: str) -> str:
    """An ARN that could be asked for."""
    known = template.replace("${Partition}", "aws").replace("${Account}", account)
    return _VARIABLE.sub("*", known)


def request(
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
    values = {key: found[0] if len(found) == 1 else found for key, found in context.items()}
    return AccessRequest(action, resource or "*", None, values)
