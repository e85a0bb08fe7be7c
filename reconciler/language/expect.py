"""`expect:` of the language: requests that must be allowed or denied.

They are checked offline and against live IAM.
"""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from reconciler.core.context import SpecContext
from reconciler.core.expectation import Expectation
from reconciler.core.problems import Located, Problems
from reconciler.core.text import similar
from reconciler.language.fields import KeyTests
from reconciler.language.section import Section, listed
from reconciler.policy.document import arns
from reconciler.policy.grants.actions import checked


class CheckSection(Section):
    """One request: a role, an action, and on what."""

    role: str = Field(description="A role's name in a loaded spec, or its ARN.")
    action: str = Field(description="One whole action: s3:GetObject.")
    resource: str | None = Field(None, description="The ARN acted on; any where left out.")
    when: KeyTests | None = Field(None, description="What the request carries: condition keys and values.")


Checks = Annotated[tuple[CheckSection, ...], BeforeValidator(listed)]


class ExpectSection(Section):
    """Requests that must be allowed, and requests that must not."""

    allowed: Checks = Field((), description="Requests that must be allowed.")
    denied: Checks = Field((), description="Requests that must be denied.")


def expectation_of(
    wanted: Literal["allowed", "denied"], entry: CheckSection, place: Located, spec: str
) -> Expectation:
    """One entry as plain data."""
    context = tuple(sorted((entry.when or {}).items()))
    return Expectation(wanted, entry.role, entry.action, entry.resource, context, place, spec)


def check(section: ExpectSection, context: SpecContext, problems: Problems) -> None:
    """Report roles and actions that do not exist."""
    for key in ("allowed", "denied"):
        for index, entry in enumerate(getattr(section, key)):
            here = problems.under(key, index)
            checked(entry.action, here.under("action"))
            if not entry.role.startswith("arn:") and not context.names.arn("role", entry.role):
                guess = similar(entry.role, context.names.of("role"))
                hint = f"; did you mean {guess}?" if guess else ": write its ARN"
                here.error(f'no loaded spec has a role "{entry.role[:128]}"{hint}', "role")
            elif entry.role.startswith("arn:") and getattr(arns.parse(entry.role), "kind", "") != "role":
                here.error("that is no role's ARN", "role")
            if entry.resource is not None and entry.resource != "*" and not entry.resource.startswith("arn:"):
                here.error("a resource is an ARN here", "resource")
