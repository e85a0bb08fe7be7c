"""What a change is about: the answers by those statements alone are the answers by all."""

from hypothesis import HealthCheck, given, settings

from reconciler.policy.compare import concerned_statements
from reconciler.policy.compare.delta import of_principal
from reconciler.policy.compare.identity import IdentityPolicies, every_statement, sides
from reconciler.policy.document.document import document
from reconciler.policy.meaning.evaluate import AccessRequest, evaluate
from tests.policy.compare.test_delta import EXAMPLES, roles


@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(pair=roles())
def test_the_rest_decides_nothing(pair: tuple[IdentityPolicies, IdentityPolicies]) -> None:
    before, after = pair
    few = concerned_statements.gained_and_lost(before, after)
    for verdict, whole, has, lacks in zip(
        few, of_principal(sides(before, after)), (after, before), (before, after), strict=True
    ):
        assert whole.answer in (verdict.answer, "unknown")
        if verdict.witness:
            assert allows(has, verdict.witness)
            assert not allows(lacks, verdict.witness)
        # A statement that is named stands where it says, and allows what is gained.
        every = every_statement(has)
        assert all(every[number].allows and not every[number].limits for number, _ in verdict.by)


def allows(role: IdentityPolicies, request: AccessRequest) -> bool:
    limit = role.boundary[1] if role.boundary else None
    return evaluate([policy for _, policy in role.identity], request, limit).answer == "allowed"


def role(
    *documents: list[dict[str, object]], boundary: list[dict[str, object]] | None = None
) -> IdentityPolicies:
    policies = [document({"Version": "2012-10-17", "Statement": statements}) for statements in documents]
    limit = document({"Version": "2012-10-17", "Statement": boundary}) if boundary else None
    return IdentityPolicies(
        tuple((f"p{n}", policy) for n, policy in enumerate(policies)), ("limit", limit) if limit else None
    )


def allow(action: str, resource: str, effect: str = "Allow") -> dict[str, object]:
    return {"Effect": effect, "Action": action, "Resource": resource}


OTHERS = [[allow("s3:GetObject", f"arn:aws:s3:::o{n}/*")] for n in range(30)]


def test_a_statement_is_named_by_its_place_among_all() -> None:
    read, write = allow("s3:GetObject", "arn:aws:s3:::b/*"), allow("s3:PutObject", "arn:aws:s3:::b/*")
    gained, lost = concerned_statements.gained_and_lost(role(*OTHERS, [read]), role(*OTHERS, [read, write]))
    assert (gained.answer, gained.by, lost.answer) == ("yes", ((31, ("s3:putobject",)),), "no")


def test_what_another_document_allows_or_denies_still_counts() -> None:
    read = allow("s3:GetObject", "arn:aws:s3:::b/x")
    cases: tuple[tuple[dict[str, object], str], ...] = (
        (allow("s3:Get*", "arn:aws:s3:::b/*"), "no"),
        (allow("s3:*", "arn:aws:s3:::${aws:username}/*"), "yes"),
        (allow("s3:*", "*", "Deny"), "no"),
        ({"Effect": "Deny", "NotAction": "sqs:*", "Resource": "*"}, "no"),
        ({"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::c/*"}, "no"),
        (allow("s3:PutObject", "arn:aws:s3:::b/x", "Deny"), "yes"),
    )
    for other, answer in cases:
        gained, _ = concerned_statements.gained_and_lost(
            role(*OTHERS, [other]), role(*OTHERS, [other], [read])
        )
        assert gained.answer == answer, other


def test_a_boundary_that_meets_nothing_of_a_change_allows_nothing_of_it() -> None:
    read = allow("s3:GetObject", "arn:aws:s3:::b/x")
    narrow, wide = [allow("sqs:*", "*")], [allow("s3:*", "*")]
    assert (
        concerned_statements.gained_and_lost(role([], boundary=narrow), role([read], boundary=narrow))[
            0
        ].answer
        == "no"
    )
    assert (
        concerned_statements.gained_and_lost(role([], boundary=wide), role([read], boundary=wide))[0].answer
        == "yes"
    )
    # Where only one side is bounded everything counts.
    assert (
        concerned_statements.gained_and_lost(role([read], boundary=narrow), role([read]))[0].answer == "yes"
    )
    assert (
        concerned_statements.gained_and_lost(role([read]), role([read], boundary=narrow))[1].answer == "yes"
    )
    assert (
        concerned_statements.gained_and_lost(role([read], boundary=narrow), role([read], boundary=wide))[
            0
        ].answer
        == "yes"
    )
