"""What AWS grants by its own policies or guides, while its reference does not list it (IAM118)."""

from reconciler.core.problems import Path
from reconciler.policy.catalogue.actions import data_date
from reconciler.policy.lint.rule import LintRule
from reconciler.policy.lint.subject import LintFinding

RULES = (
    LintRule(
        "IAM118",
        "Grant that AWS makes too, and its reference does not list",
        why="AWS's own managed policies or guides grant the action on such resources, or under such a key,"
        " and the reference does not list it. One of the two is wrong, and only a try tells which.",
        source="SAR, against AWS's managed policies as moto has them and the guides named in"
        " `policy/catalogue/reference_disagreements.py`",
        severity="note",
    ),
)


def on_resources(path: Path, action: str, arns: str) -> LintFinding:
    """The action on resources that the reference does not list for it."""
    return LintFinding(
        "IAM118",
        path,
        f"AWS's own policies or guides grant {action} on {arns}, and its reference of {data_date()}"
        ' lists no such resource: whether this does anything is not documented; "*" does',
    )


def under_key(path: Path, actions: str, key: str) -> LintFinding:
    """Actions under a test of a condition key that the reference does not list for them."""
    return LintFinding(
        "IAM118",
        path,
        f"AWS's own policies allow {actions} under a test of {key}, and its reference of {data_date()}"
        " does not list that key for it: whether it is ever allowed is not documented",
        on_key=True,
    )
