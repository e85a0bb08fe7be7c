"""What a reviewer would say of resources: their sections are read again, this time with lint."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from reconciler.core.address import Address
from reconciler.core.context import SpecContext
from reconciler.core.desired import Desired, boundaries_only
from reconciler.core.kind import AnyKind
from reconciler.core.problems import Located, Path, Problem, Problems
from reconciler.policy.catalogue import shared_identity_providers
from reconciler.policy.document.document import Document, as_list
from reconciler.spec.section_checks import located
from reconciler.spec.suppressions import Silences


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a resource comes from: all that it takes to read it again."""

    address: Address
    kind: AnyKind
    section: Any
    path: Path
    context: SpecContext
    silences: Silences


# Rules about what is granted, which say nothing of a policy that only limits.
_OF_GRANTS = "IAM3"


def limiting(desired: Collection[Desired]) -> frozenset[str]:
    """ARNs of policies that serve only as permissions boundaries, also by a condition that asks for them."""
    texts = [
        document.text for d in desired for document in _documents(d.state) if _BOUNDARY_KEY in document.text
    ]
    attached = {arn for d in desired for arn in getattr(d.state, "attached", ())}
    asked = {d.state.arn for d in desired if any(f'"{d.state.arn}"' in text for text in texts)} - attached
    return boundaries_only(tuple(desired)) | asked


_BOUNDARY_KEY = "iam:PermissionsBoundary"


def _documents(state: Any) -> Iterator[Document]:
    if hasattr(state, "document"):
        yield state.document
    yield from (document for _, document in getattr(state, "inline", ()))


def linted(
    origins: Collection[Origin], reported: Collection[Located], limits: frozenset[str] = frozenset()
) -> tuple[Located, ...]:
    """The findings about these, without what is silenced, and without those `reported` when they were read.

    The policies of `limits`, by ARN, get no findings about granting too much.
    """
    known = {(warning.code, warning.file, warning.line) for warning in reported}
    findings: dict[Located, None] = {}
    for origin in origins:
        problems = Problems(prefix=origin.path)
        name = origin.address.name if len(origin.path) > 1 else ""
        state = origin.kind.from_spec(
            name or origin.address.account, origin.section, replace(origin.context, lints=True), problems
        )
        is_limit = getattr(state, "arn", "") in limits
        for problem in problems:
            if is_limit and problem.code.startswith(_OF_GRANTS):
                continue
            place = located(problem, origin.silences.read.positions)
            is_new = problem.code and (place.code, place.file, place.line) not in known
            if is_new and not origin.silences.silence(problem, place):
                findings[place] = None
    return tuple(sorted(findings))


def admins_from_every_branch(
    origins: Collection[Origin], desired: Collection[Desired]
) -> tuple[Located, ...]:
    """Roles that every run of a repository may assume, and that have, or lead to, all permissions."""
    trusted = {d.address: d for d in desired if d.address.kind == "role" and _is_any_run(d.state.trust)}
    findings = []
    for origin in origins:
        role = trusted.get(origin.address)
        if role is not None and _is_admin(role, desired):
            problem = Problem("warning", (*origin.path, "trust"), _EVERY_BRANCH, code="IAM413")
            place = located(problem, origin.silences.read.positions)
            if not origin.silences.silence(problem, place):
                findings.append(place)
    return tuple(findings)


_EVERY_BRANCH = (
    "every branch and pull request of the repository comes in, and this role may do everything or come to it:"
    " name the branch or the environment"
)


def _is_any_run(trust: Document) -> bool:
    if shared_identity_providers.GITHUB not in trust.text:
        return False
    tests = (s["Condition"] for s in trust.statements if isinstance(s.get("Condition"), dict))
    return any(
        shared_identity_providers.is_any_run(shared_identity_providers.GITHUB, str(value))
        for block in tests
        for keys in block.values()
        for key, values in keys.items()
        if key.lower() == f"{shared_identity_providers.GITHUB}:sub"
        for value in as_list(values)
    )


def _is_admin(role: Desired, desired: Collection[Desired]) -> bool:
    # Start-up: it brings all of evaluation along.
    from reconciler.facets.identity_documents import holdings  # noqa: PLC0415
    from reconciler.policy.catalogue.known_names import leads_to_everything  # noqa: PLC0415
    from reconciler.policy.compare.identity import IdentityPolicies  # noqa: PLC0415
    from reconciler.policy.risk.identity_risks import risks  # noqa: PLC0415

    documents = {d.state.arn: d.state.document for d in desired if hasattr(d.state, "document")}
    held = holdings(role.state, documents)
    bare = IdentityPolicies((), own=held.own)
    return any(map(leads_to_everything, role.state.attached)) or bool(risks(bare, held, documents))


def without_effect(origins: Collection[Origin]) -> tuple[Located, ...]:
    """Comments that silence nothing, once everything was read."""
    each = {id(origin.silences): origin.silences for origin in origins}
    from reconciler.policy.lint.rules import RULES  # noqa: PLC0415 - start-up: only validate asks

    known = frozenset(RULES)
    return tuple(sorted(note for silences in each.values() for note in silences.unused(known)))
