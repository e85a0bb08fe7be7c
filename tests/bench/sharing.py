"""Many changed roles that share policies: what drift costs beside the plan of the same.

Twenty policies change, each role has ten of them and an inline policy of its own; so most judgements are of
one change beside other things.
"""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.measured import BenchRow, sandbox
from tests.conftest import RECONCILE

NUMBERS = (150, 400, 1000)
_POLICIES, _EACH, _RUNS = 20, 10, 3


def rows() -> Iterator[tuple[BenchRow, BenchRow]]:
    """The plan and the drift of each number of roles; the median of some runs, taken in turns."""
    for number in NUMBERS:
        with tempfile.TemporaryDirectory() as folder, sandbox() as server:
            old, new = (
                _written(Path(folder) / f"{name}.yaml", number, *more)
                for name, more in (("old", ()), ("new", ("s3:PutObject",)))
            )
            server.run("apply", [RECONCILE, "apply", old, "--yes"])
            ran: dict[str, list[BenchRow]] = {"plan": [], "drift": []}
            for _ in range(_RUNS):
                for command, of in ran.items():
                    name = f"{command} of {number} changed roles"
                    of.append(server.run(name, [RECONCILE, command, new], may_fail=True))
            yield _median(ran["plan"]), _median(ran["drift"])


def _median(of: list[BenchRow]) -> BenchRow:
    middle = median(row.seconds for row in of)
    return next(row for row in of if row.seconds == middle)


def _written(path: Path, number: int, *more: str) -> Path:
    policies = {f"P{n}": {"document": _document(["s3:GetObject", *more], f"b{n}")} for n in range(_POLICIES)}
    roles = {
        f"R{n}": {
            "trust": {"service": "ec2"},
            "attach": [f"P{(n + k) % _POLICIES}" for k in range(_EACH)],
            "inline": {"I": {"document": _document(["s3:GetObject"], f"c{n}")}},
        }
        for n in range(number)
    }
    path.write_text(json.dumps({"version": 1, "name": "bench/sharing", "policies": policies, "roles": roles}))
    return path


def _document(actions: list[str], bucket: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": actions, "Resource": f"arn:aws:s3:::{bucket}/*"}
    return {"Version": "2012-10-17", "Statement": [statement]}
