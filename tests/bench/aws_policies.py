"""Every managed policy of AWS with one action less, one ARN more, or one condition less.

Counts how often the effect is unknown, and measures how long the comparison takes.
"""

import json
import random
import resource
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from statistics import median
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data

from reconciler.policy.compare.delta import delta
from reconciler.policy.document.document import as_list, document

_SHOWN = 10
_ARN = "arn:aws:s3:::a-bucket-of-ours/*"


def aws_policies() -> None:
    """Print the rows."""
    choose = random.Random(24)
    times: list[float] = []
    unknown: list[str] = []
    before = _megabytes()
    for name, data in sorted(json.loads(aws_managed_policies_data).items()):
        old = data["Document"]
        for change, new in _changed(old, choose):
            pair = document(old), document(new)
            began = time.perf_counter()
            result = delta(*pair)
            times.append(time.perf_counter() - began)
            sides = (result.gained, result.lost, result.denied_added, result.denied_removed)
            unknown += [f"{name}, {change}: {u.why}" for side in sides for u in side.undecided]
    times.sort()
    print("AWS's managed policies with one change      pairs  unknown   median      99 %     worst   memory")
    print(
        f"{'':<42}{len(times):>7}{len(unknown):>9}{median(times) * 1000:>6.1f}"
        f" ms{times[len(times) * 99 // 100] * 1000:>7.0f} ms{times[-1] * 1000:>7.0f}"
        f" ms{_megabytes() - before:>6.0f} MB"
    )
    print(*(f"  unknown: {text}" for text in unknown[:_SHOWN]), sep="\n")


def _changed(old: dict[str, Any], choose: random.Random) -> Iterator[tuple[str, dict[str, Any]]]:
    statements = as_list(old["Statement"])
    changes: tuple[tuple[str, str, Callable[[dict[str, Any]], object]], ...] = (
        ("one action less", "Action", lambda s: s.update(Action=as_list(s["Action"])[1:])),
        ("one ARN more", "Resource", lambda s: s.update(Resource=[*as_list(s["Resource"]), _ARN])),
        ("one condition less", "Condition", lambda s: s.pop("Condition")),
    )
    for change, key, act in changes:
        fitting = [
            n for n, s in enumerate(statements) if key in s and (key != "Action" or len(as_list(s[key])) > 1)
        ]
        if fitting:
            new = deepcopy(statements)
            act(new[choose.choice(fitting)])
            yield change, {**old, "Statement": new}


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    aws_policies()
