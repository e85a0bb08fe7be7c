"""What live roles may do: `expect:` of specs, and `reconcile can --live`."""

from collections.abc import Iterable, Mapping

from reconciler.app.can import check_may_be_role
from reconciler.aws.reader import Reader
from reconciler.core.address import Address
from reconciler.core.errors import AwsError, PlanError
from reconciler.core.expectation import Expectation, Judged
from reconciler.core.plan import Unread
from reconciler.facets.identity_documents import arns_of, holdings
from reconciler.kinds.role.desired import State
from reconciler.plan.comparison import Comparison
from reconciler.plan.expectations import Absent, check_expectation
from reconciler.policy.compare.identity import IdentityDecision, IdentityPolicies, ruling
from reconciler.policy.document.document import Document
from reconciler.policy.meaning.evaluate import AccessRequest

_Roles = Mapping[str, State | AwsError | None]


def expected(
    expectations: tuple[Expectation, ...], drafts: tuple[Comparison, ...], reader: Reader
) -> tuple[Judged, ...]:
    """Whether live IAM meets the expectations; what was read for the drafts is not read again."""
    names = tuple(sorted({e.role_name for e in expectations}))
    roles = reader.roles(names)
    own = {d.have.arn: d.have.document for d in drafts if d.have and hasattr(d.have, "document")}
    documents = {**_documents(roles.values(), own, reader), **own}
    return tuple(check_expectation(e, _of(e.role_name, roles, documents)) for e in expectations)


def ruling_of(name: str, asked: AccessRequest, reader: Reader) -> IdentityDecision:
    """The answer by a live role's policies.

    Raises:
        AwsError: the role can't be read.
        PlanError: there is none.
    """
    role = reader.roles((name,))[name]
    if isinstance(role, AwsError):
        raise role
    if role is None:
        check_may_be_role(name)
        raise PlanError(f"there is no role {name} in AWS")
    return ruling(holdings(role, _documents([role], {}, reader)), asked)


def _documents(
    roles: Iterable[State | AwsError | None], own: Mapping[str, Document], reader: Reader
) -> dict[str, Document]:
    held = {arn for role in roles if isinstance(role, State) for arn in arns_of(role)}
    return reader.documents(tuple(sorted(held - own.keys())))


def _of(name: str, roles: _Roles, documents: Mapping[str, Document]) -> IdentityPolicies | Absent:
    role = roles[name]
    if isinstance(role, AwsError):
        return Absent(f"the role could not be read: {role.message}", is_unread=True)
    return Absent("the role does not exist") if role is None else holdings(role, documents)


def undecided(judged: tuple[Judged, ...], account: str) -> tuple[Unread, ...]:
    """Expectations of which it is not known whether they are met."""
    return tuple(
        Unread(
            Address(account, "role", j.expectation.role_name), f"cannot tell whether {j.expectation}: {j.why}"
        )
        for j in judged
        if j.answer == "unknown"
    )
