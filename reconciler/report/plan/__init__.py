"""Plans in each format, one file per format. A format is loaded when it is used: start-up needs none."""

from collections.abc import Callable, Mapping

from reconciler.core.plan import Plan
from reconciler.report.words.style import Style

PlanWriter = Callable[[Plan, Style], str]


def _text(plan: Plan, style: Style) -> str:
    from reconciler.report.plan.text import plan_text  # noqa: PLC0415 - see above

    return plan_text(plan, style)


def _json(plan: Plan, _style: Style) -> str:
    from reconciler.report.plan.as_json import dumped, plan_data  # noqa: PLC0415 - see above

    return dumped(plan_data(plan))


def _markdown(plan: Plan, _style: Style) -> str:
    from reconciler.report.plan.markdown import plan_markdown  # noqa: PLC0415 - see above

    return plan_markdown(plan)


def _script(plan: Plan, _style: Style) -> str:
    from reconciler.report.plan.cli import plan_script  # noqa: PLC0415 - see above

    return plan_script(plan)


FORMATS: Mapping[str, PlanWriter] = {"text": _text, "json": _json, "markdown": _markdown, "cli": _script}
