"""What specs expect of their roles (`expect:`), judged by the specs alone."""

from dataclasses import replace

from reconciler.core.desired import Desired
from reconciler.core.problems import Located
from reconciler.core.text import escaped
from reconciler.facets.identity_documents import holdings as holdings_of
from reconciler.plan.expectations import check_expectation
from reconciler.policy.compare.identity import IdentityPolicies
from reconciler.spec.resolve import Specs


def holdings(role: Desired, specs: Specs) -> IdentityPolicies:
    """The policies of a role, as far as the specs have them."""
    documents = {r.state.arn: r.state.document for r in specs.desired if r.address.kind == "policy"}
    return holdings_of(role.state, documents)


def failed_expectations(specs: Specs) -> tuple[Located, ...]:
    """The expectations that the specs do not meet, each at its place in a file.

    An expectation that depends on policies of others is left open.
    """
    roles = {r.address.name: r for r in specs.desired if r.address.kind == "role"}
    judged = (
        check_expectation(expectation, holdings(roles[expectation.role_name], specs))
        for expectation in specs.expectations
        if expectation.role_name in roles
    )
    return tuple(
        replace(j.expectation.place, message=escaped(f"{j.expectation}: it is not: {j.why}"))
        for j in judged
        if j.answer == "no"
    )
