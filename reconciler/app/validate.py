"""The use case of `reconcile validate`: every rule that needs no AWS, and what a reviewer would say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from reconciler.app.project import each_environment
from reconciler.app.request import SpecSelection
from reconciler.app.specs import load
from reconciler.core.errors import SpecError
from reconciler.core.problems import Located
from reconciler.policy.lint_codes import IDLE_COMMENT
from reconciler.spec.resolve import Specs


@dataclass(frozen=True, slots=True)
class Validated:
    """Specs that are right, with their warnings and notes; `environment` is "" where there is none."""

    specs: Specs
    messages: tuple[Located, ...]
    environment: str = ""


def validate_each(
    request: SpecSelection, account: str | None, partition: str = "", *, strict: bool
) -> tuple[Validated, ...]:
    """The specs for the environment that was named, else for each of the project's.

    Raises:
        SpecError: with every problem of every environment; what is wrong in some alone says in which.
    """
    requests = each_environment(request)
    results: list[Validated] = []
    problems: dict[str, tuple[Located, ...]] = {}
    for each in requests:
        try:
            results.append(validate(each, account, partition, strict=strict))
        except SpecError as error:
            problems[each.environment] = error.problems
    if problems:
        raise SpecError(messages_of(problems, len(requests)))
    return tuple(_with_rivals(results))


def _with_rivals(results: list[Validated]) -> Iterator[Validated]:
    """Each with a warning for specs that another environment of the same account has, with other resources.

    Both would be the owner there: `--prune` in one would delete what the other has.
    """
    for result in results:
        rivals = [
            Located(result.specs.files[name], 0, 0, "", _RIVALS.format(name, other.environment), "warning")
            for other in results
            if other is not result
            for name in result.specs.names
            if _is_rival(name, result.specs, other.specs)
        ]
        yield replace(result, messages=(*rivals, *result.messages)) if rivals else result


_RIVALS = (
    "{} owns other resources in {}, which is of the same account: --prune in one would delete those of the"
    " other; put ${{var.NAME}} into name:"
)


def _is_rival(name: str, specs: Specs, others: Specs) -> bool:
    accounts = set(specs.accounts[name])
    if name not in others.accounts or not accounts & set(others.accounts[name]):
        return False
    return _resources(name, specs) != _resources(name, others)


def _resources(name: str, specs: Specs) -> set[str]:
    return {str(d.address) for d in specs.desired if d.spec == name}


def messages_of(messages: Mapping[str, tuple[Located, ...]], number: int) -> tuple[Located, ...]:
    """The messages of environments, each once; one that not all `number` of them have says whose it is.

    Resources may be called otherwise in each environment: what is said of one place is said once.
    """
    first: dict[Located, Located] = {}
    environments: dict[Located, list[str]] = {}
    for environment, located in messages.items():
        for message in dict.fromkeys(replace(message, path="") for message in located):
            environments.setdefault(message, []).append(environment)
        for message in located:
            first.setdefault(replace(message, path=""), message)
    return tuple(
        sorted(
            first[message]
            if len(names) == number
            else replace(first[message], message=f"{message.message} (in {', '.join(names)})")
            for message, names in environments.items()
            # A comment may silence something in another environment.
            if len(names) == number or message.code != IDLE_COMMENT
        )
    )


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
    return Validated(specs, tuple(sorted(messages)), request.environment)
