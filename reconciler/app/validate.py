"""The use case of `reconcile validate`: every rule that needs no AWS, and what a reviewer would say."""

from dataclasses import dataclass

from reconciler.app.request import SpecSelection
from reconciler.app.specs import load
from reconciler.core.errors import SpecError
from reconciler.core.problems import Located
from reconciler.policy.lint_codes import IDLE_COMMENT
from reconciler.spec.resolve import Specs


@dataclass(frozen=True, slots=True)
class Validated:
    """Specs that are right, with their warnings and notes."""

    specs: Specs
    messages: tuple[Located, ...]


def validate(request: SpecSelection, account: str | None, partition: str = "", *, strict: bool) -> Validated:
    """The specs with what a reviewer would say, or all that is wrong with them.

    `strict` makes warnings errors.

    Raises:
        SpecError: with every problem of every file.
    """
    specs = load(request, account, partition)
    if specs.expectations:
        from reconciler.app import expectations  # noqa: PLC0415 - start-up: few specs expect anything

        failed = expectations.failed_expectations(specs)
        if failed:
            raise SpecError(failed)
    messages = {*specs.warnings, *specs.lint()}
    messages |= set(specs.without_effect())
    warnings = sorted(message for message in messages if message.severity == "warning")
    if strict and warnings:
        # Notes on comments that silence nothing say why others fail.
        raise SpecError(
            tuple(sorted(m for m in messages if m.severity == "warning" or m.code == IDLE_COMMENT))
        )
    return Validated(specs, tuple(sorted(messages)))
