"""Plans in each format, one file per format. A format is loaded when it is used: start-up needs none."""

from collections.abc import Callable, Mapping

from reconciler.core.plan import Plan
from reconciler.core.problems import Located
from reconciler.report.words.style import Style

Warnings = tuple[Located, ...]
PlanWriter = Callable[[Plan, Warnings, Style], str]


def _text(plan: Plan, _warnings: Warnings, style: Style) -> str:
    from reconciler.report.plan.text import plan_text  # noqa: PLC0415 - see above

    return plan_text(plan, style)


def _json(plan: Plan, warnings: Warnings, _style: Style) -> str:
    from reconciler.report.plan.as_json import dumped, report_data  # noqa: PLC0415 - see above

    return dumped(report_data(plan, warnings))


def _markdown(plan: Plan, warnings: Warnings, _style: Style) -> str:
    from reconciler.report.plan.markdown import plan_markdown  # noqa: PLC0415 - see above

    return plan_markdown(plan, warnings)


def _script(plan: Plan, _warnings: Warnings, _style: Style) -> str:
    from reconciler.report.plan.cli import plan_script  # noqa: PLC0415 - see above

    return plan_script(plan)


# What `plan` writes into files beside what it prints; the page is made in `report.html`.
REPORTS = ("markdown", "json", "html")
FORMATS: Mapping[str, PlanWriter] = {"text": _text, "json": _json, "markdown": _markdown, "cli": _script}
