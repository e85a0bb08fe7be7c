"""Statements as people have them beside a change.

They are about other services, with conditions, variables and denies.
"""

import random
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

Raw = dict[str, Any]
# By service: some of its actions, and templates of its ARNs.
SERVICES: dict[str, tuple[tuple[str, ...], str]] = {
    service: (tuple(entry["actions"]), entry["arn"])
    for service, entry in yaml.safe_load(
        Path(__file__).with_name("services.yaml").read_text(encoding="utf-8")
    ).items()
}
CONDITIONS: tuple[Raw, ...] = (
    {"Bool": {"aws:SecureTransport": "true"}},
    {"StringEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}},
    {"StringLike": {"aws:PrincipalTag/team": ["data-*", "ops"]}},
    {"StringEquals": {"aws:ResourceTag/stage": "prod"}, "Bool": {"aws:MultiFactorAuthPresent": "true"}},
    {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}},
    {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]}},
    {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/ci-*"}},
    {"Null": {"aws:TokenIssueTime": "false"}},
)
FEATURES = ("arns", "conditions", "variables", "denies", "NotAction", "NotResource", "boundary")


@dataclass
class Pair:
    """Two lists of statements, the boundary of both, and what a comparison must say of them.

    `listed` are the actions in lower case that it lists, with a resource each.
    """

    old: list[Raw]
    new: list[Raw]
    boundary: list[Raw] | None
    features: set[str]
    kind: str
    is_behind: bool
    gained: bool = False
    lost: bool = False
    listed: set[tuple[str, str]] = field(default_factory=set)


def allow(actions: Any, resources: Any, condition: Raw | None = None, effect: str = "Allow") -> Raw:
    return {
        "Effect": effect,
        "Action": actions,
        "Resource": resources,
        **({"Condition": condition} if condition else {}),
    }


class PairMaker:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.features: set[str] = set()
        self.service = self.random.choice(sorted(SERVICES))
        self.others = [name for name in SERVICES if name != self.service]
        self.names = 0

    def arn(self, service: str, tail: str = "*") -> str:
        """An ARN of its own for each call."""
        self.names += 1
        return SERVICES[service][1].format(f"n{self.names}-{tail}")

    def condition(self) -> Raw:
        self.features.add("conditions")
        return deepcopy(self.random.choice(CONDITIONS))

    def noise(self) -> list[Raw]:
        """Statements that are about other services than the change."""
        count, statements = self.random.randint(7, 18), []
        arns = self.random.random() < 0.6
        for _ in range(count):
            service = self.random.choice(self.others)
            actions, _template = SERVICES[service]
            some = [
                f"{service}:{a}" for a in self.random.sample(actions, self.random.randint(1, len(actions)))
            ]
            resources = [self.arn(service) for _ in range(self.random.randint(2, 5) if arns else 1)]
            condition = self.condition() if self.random.random() < 0.3 else None
            statements.append(allow(some, resources, condition))
        if arns:
            self.features.add("arns")
        for name, chance, add in (
            ("variables", 0.4, self._variable),
            ("denies", 0.5, self._deny),
            ("NotAction", 0.35, self._not_action),
            ("NotResource", 0.35, self._not_resource),
        ):
            if self.random.random() < chance:
                self.features.add(name)
                statements.append(add())
        self.random.shuffle(statements)
        return statements

    def _variable(self) -> Raw:
        service = self.random.choice(self.others)
        key = self.random.choice(["${aws:username}", "${aws:PrincipalTag/team}", "${aws:userid}"])
        return allow([f"{service}:{SERVICES[service][0][0]}"], [self.arn(service, f"{key}-*")])

    def _deny(self) -> Raw:
        service = self.random.choice(self.others)
        condition = self.condition() if self.random.random() < 0.5 else None
        return allow([f"{service}:*"], [self.arn(service)], condition, "Deny")

    def _not_action(self) -> Raw:
        kept = [f"{name}:*" for name in self.random.sample(self.others, 6)]
        effect = self.random.choice(["Allow", "Deny"])
        return {
            "Effect": effect,
            "NotAction": [*kept, f"{self.service}:*"],
            "Resource": "*",
            "Condition": self.condition(),
        }

    def _not_resource(self) -> Raw:
        service = self.random.choice(self.others)
        return {
            "Effect": "Deny",
            "Action": [f"{service}:*"],
            "NotResource": [self.arn(service), self.arn(service)],
            "Condition": self.condition(),
        }

    def actions(self, least: int = 2) -> list[str]:
        known = SERVICES[self.service][0]
        count = min(len(known), max(least, self.random.randint(2, 4)))
        return [f"{self.service}:{name}" for name in self.random.sample(known, count)]
