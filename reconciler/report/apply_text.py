"""What became of an apply, as text."""

from reconciler.core.results.outcome import Applied, CallOutcome
from reconciler.core.text import escaped, plural
from reconciler.policy.document import arns
from reconciler.report.words.style import Style

_SIGNS = {"done": "+", "failed": "!", "unclear": "!", "not tried": "~"}


def outcome_line(outcome: CallOutcome) -> str:
    """One call and what became of it."""
    repeats = f" after {outcome.attempts} attempts" if outcome.attempts > 1 else ""
    about = f": {escaped(outcome.message)}" if outcome.message else ""
    return f"{outcome.status:<9} {describe(outcome)}{repeats}{about}"


def describe(outcome: CallOutcome) -> str:
    """The operation and what it was about."""
    params = outcome.call.params
    named = [
        str(params[key])
        for key in (
            "RoleName",
            "GroupName",
            "UserName",
            "InstanceProfileName",
            "PolicyName",
            "PolicyArn",
            "VersionId",
            "OpenIDConnectProviderArn",
            "Url",
            "ClientID",
            "SAMLProviderArn",
            "Name",
            "AccountAlias",
        )
        if key in params
    ]
    if not named and (about := arns.parse(outcome.call.lane)):
        named = [about.name]
    return " ".join([outcome.call.operation, *map(escaped, named)])


def result_text(
    applied: Applied,
    verdict: str,
    journal: str,
    style: Style,
    command: str = "apply",
    others: tuple[str, ...] = (),
) -> str:
    """What was done, what failed and why, what was not tried; `command` is what can be run again.

    `others` is what somebody else has changed meanwhile.
    """
    lines: list[str] = []
    for status in ("failed", "unclear", "not tried"):
        for outcome in applied.having(status):
            lines.append(f"{style.sign(_SIGNS[status], status)}: {describe(outcome)}")
            if outcome.message:
                lines.append(f"    {escaped(outcome.message)}")
            if outcome.advice:
                lines.append(f"    {escaped(outcome.advice)}")
    lines += [f"{style.sign('!', 'changed meanwhile')}: {escaped(text)}" for text in others]
    done = len(applied.having("done"))
    lines.append(
        f"{_VERDICTS[verdict].format(command=command)} · {done} of {plural(len(applied.outcomes), 'call')} ·"
        f" journal {journal}"
    )
    return "\n".join(lines) + "\n"


_VERDICTS = {
    "done": "done, and read back as desired",
    "kept otherwise": "done, and read back as far as this endpoint, which is not AWS, can show it",
    "failed": "failed: what was done stays done, and {command} can be run again",
    "interrupted": "interrupted: what was done stays done, and {command} can be run again",
    "not read back": "sent, but it could not be read back, for want of a permission",
    "changed meanwhile": "sent, and changed by somebody else meanwhile: look at it with plan",
    "not yet visible": "sent, but not yet visible everywhere: look again in a minute with plan",
}
