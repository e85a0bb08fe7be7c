"""Pairs of documents of the size that people have, with one change whose effect is known by construction.

What surrounds the change is of other services, or plainly beside it or over it; nothing here asks the
product's own code.
"""

import random
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

Raw = dict[str, Any]
# By service: some of its actions, and templates of its ARNs.
SERVICES: dict[str, tuple[tuple[str, ...], str]] = {
    "s3": (("GetObject", "PutObject", "DeleteObject", "GetObjectTagging", "PutObjectTagging", "AbortMultipartUpload"), "arn:aws:s3:::{}/*"),
    "sqs": (("SendMessage", "ReceiveMessage", "DeleteMessage", "PurgeQueue", "GetQueueUrl"), "arn:aws:sqs:*:*:{}"),
    "sns": (("Publish", "Subscribe", "GetTopicAttributes", "SetTopicAttributes"), "arn:aws:sns:*:*:{}"),
    "dynamodb": (("GetItem", "PutItem", "Query", "Scan", "UpdateItem", "DeleteItem"), "arn:aws:dynamodb:*:*:table/{}"),
    "lambda": (("InvokeFunction", "GetFunction", "UpdateFunctionCode", "DeleteFunction"), "arn:aws:lambda:*:*:function:{}"),
    "ecr": (("BatchGetImage", "PutImage", "DescribeImages", "ListImages"), "arn:aws:ecr:*:*:repository/{}"),
    "kms": (("Decrypt", "Encrypt", "GenerateDataKey", "DescribeKey"), "arn:aws:kms:*:*:key/{}"),
    "logs": (("CreateLogStream", "PutLogEvents", "DescribeLogStreams"), "arn:aws:logs:*:*:log-group:{}:*"),
    "secretsmanager": (("GetSecretValue", "PutSecretValue", "DescribeSecret"), "arn:aws:secretsmanager:*:*:secret:{}"),
    "ssm": (("GetParameter", "PutParameter", "DeleteParameter"), "arn:aws:ssm:*:*:parameter/{}"),
    "states": (("StartExecution", "DescribeStateMachine", "UpdateStateMachine"), "arn:aws:states:*:*:stateMachine:{}"),
    "kinesis": (("PutRecord", "GetRecords", "DescribeStream"), "arn:aws:kinesis:*:*:stream/{}"),
    "ec2": (("StartInstances", "StopInstances", "RebootInstances", "TerminateInstances"), "arn:aws:ec2:*:*:instance/{}"),
    "elasticloadbalancing": (("AddTags", "RemoveTags", "DeleteLoadBalancer"), "arn:aws:elasticloadbalancing:*:*:loadbalancer/app/{}"),
    "iam": (("GetRole", "PassRole", "TagRole", "UpdateRole"), "arn:aws:iam::*:role/{}"),
    "glue": (("GetTable", "GetDatabase", "UpdateTable"), "arn:aws:glue:*:*:table/{}"),
    "athena": (("StartQueryExecution", "GetQueryResults", "GetWorkGroup"), "arn:aws:athena:*:*:workgroup/{}"),
    "codebuild": (("StartBuild", "BatchGetBuilds", "UpdateProject"), "arn:aws:codebuild:*:*:project/{}"),
    "backup": (("StartBackupJob", "DescribeBackupVault"), "arn:aws:backup:*:*:backup-vault:{}"),
    "events": (("PutRule", "PutTargets", "DescribeRule"), "arn:aws:events:*:*:rule/{}"),
}  # fmt: skip
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
    """Two lists of statements and the boundary of both.

    What is gained and lost, and the access that is listed for it.

    `listed` are actions in lower case with a resource each.
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


class _Maker:
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


def pair(seed: int) -> Pair:
    """The pair of this number."""
    maker = _Maker(seed)
    base = maker.noise()
    change = maker.random.choice(KINDS)
    result = change(maker, base)
    if maker.random.random() < 0.35:
        _within(maker, result)
    result.features = maker.features
    for statements in (result.old, result.new):
        maker.random.shuffle(statements)
    return result


def _within(maker: _Maker, result: Pair) -> None:
    """A boundary that allows all services, or all but the one that the change is about."""
    maker.features.add("boundary")
    kept = maker.others if maker.random.random() < 0.4 else [*maker.others, maker.service]
    result.boundary = [allow([f"{name}:*"], "*") for name in sorted(kept)]
    if maker.service not in kept:
        result.gained = result.lost = False
        result.listed = set()
        result.is_behind = True


def _result(
    maker: _Maker, base: list[Raw], old: list[Raw], new: list[Raw], kind: str, *, behind: bool, **more: Any
) -> Pair:
    return Pair([*deepcopy(base), *old], [*deepcopy(base), *new], None, maker.features, kind, behind, **more)


def _beside(maker: _Maker, action: str) -> list[Raw]:
    """In half of the pairs a statement of the same action that overlaps and does not cover.

    Another name, or a condition.
    """
    if maker.random.random() < 0.5:
        return []
    return [
        maker.random.choice(
            [
                allow([f"{maker.service}:*"], [maker.arn(maker.service)]),
                allow(
                    [action, f"{maker.service}:Describe*"],
                    [maker.arn(maker.service), maker.arn(maker.service)],
                ),
                allow(
                    [f"{maker.service}:*"], ["*"], {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}
                ),
            ]
        )
    ]


def _action(maker: _Maker, base: list[Raw], *, added: bool) -> Pair:
    *kept, changed = maker.actions(2)
    arns = [maker.arn(maker.service) for _ in range(maker.random.randint(1, 4))]
    condition = maker.condition() if maker.random.random() < 0.4 else None
    less, more = allow(kept, arns, condition), allow([*kept, changed], arns, condition)
    beside = _beside(maker, changed)
    listed = {(changed.lower(), arn) for arn in arns}
    old, new = (less, more) if added else (more, less)
    return _result(
        maker,
        base,
        [old, *beside],
        [new, *beside],
        "action",
        behind=bool(beside),
        gained=added,
        lost=not added,
        listed=listed,
    )


def _arn(maker: _Maker, base: list[Raw], *, added: bool) -> Pair:
    actions = maker.actions()
    *kept, changed = [maker.arn(maker.service) for _ in range(maker.random.randint(2, 6))]
    condition = maker.condition() if maker.random.random() < 0.4 else None
    less, more = allow(actions, kept, condition), allow(actions, [*kept, changed], condition)
    beside = _beside(maker, actions[0])
    listed = {(action.lower(), changed) for action in actions}
    old, new = (less, more) if added else (more, less)
    return _result(
        maker,
        base,
        [old, *beside],
        [new, *beside],
        "ARN",
        behind=bool(beside),
        gained=added,
        lost=not added,
        listed=listed,
    )


def _condition(maker: _Maker, base: list[Raw], *, dropped: bool) -> Pair:
    actions, arns = maker.actions(), [maker.arn(maker.service) for _ in range(maker.random.randint(1, 3))]
    strict, free = allow(actions, arns, maker.condition()), allow(actions, arns)
    beside = _beside(maker, actions[0])
    listed = {(action.lower(), arn) for action in actions for arn in arns}
    old, new = (strict, free) if dropped else (free, strict)
    return _result(
        maker,
        base,
        [old, *beside],
        [new, *beside],
        "condition",
        behind=bool(beside),
        gained=dropped,
        lost=not dropped,
        listed=listed,
    )


def _deny(maker: _Maker, base: list[Raw], *, added: bool) -> Pair:
    """A deny of one action on some of what is allowed."""
    actions = maker.actions()
    wide, narrow = maker.arn(maker.service, "*"), ""
    narrow = wide.replace("-*", "-secret-*")
    maker.features.add("denies")
    deny = allow([actions[0]], [narrow], None, "Deny")
    given = allow(actions, [wide])
    listed = {(actions[0].lower(), narrow)}
    old, new = ([given], [given, deny]) if added else ([given, deny], [given])
    return _result(maker, base, old, new, "deny", behind=True, gained=not added, lost=added, listed=listed)


def _covered(maker: _Maker, base: list[Raw], *, added: bool) -> Pair:
    """A statement that another one covers: nothing is gained or lost."""
    actions = maker.actions()
    wide = maker.arn(maker.service, "*")
    narrow = allow(actions, [wide.replace("-*", "-some-*")], maker.condition())
    cover = allow([f"{maker.service}:*"], [wide])
    old, new = ([cover], [cover, narrow]) if added else ([cover, narrow], [cover])
    return _result(maker, base, old, new, "covered", behind=True)


def _denied(maker: _Maker, base: list[Raw], *, added: bool) -> Pair:
    """A statement all of which is denied."""
    actions = maker.actions()
    wide = maker.arn(maker.service, "*")
    maker.features.add("denies")
    deny = allow([f"{maker.service}:*"], [wide], None, "Deny")
    given = allow(actions, [wide.replace("-*", "-x-*")])
    old, new = ([deny], [deny, given]) if added else ([deny, given], [deny])
    return _result(maker, base, old, new, "denied", behind=True)


def _variable(maker: _Maker, base: list[Raw], *, added: bool) -> Pair:
    """An action more in a statement whose resource has a policy variable."""
    maker.features.add("variables")
    *kept, changed = maker.actions(2)
    arn = maker.arn(maker.service, "${aws:username}-*")
    less, more = allow(kept, [arn]), allow([*kept, changed], [arn])
    old, new = (less, more) if added else (more, less)
    return _result(
        maker,
        base,
        [old],
        [new],
        "variable",
        behind=False,
        gained=added,
        lost=not added,
        listed={(changed.lower(), arn)},
    )


def _both(change: Callable[..., Pair], word: str) -> list[Callable[[_Maker, list[Raw]], Pair]]:
    return [lambda maker, base, way=way: change(maker, base, **{word: way}) for way in (True, False)]


KINDS = [
    *_both(_action, "added"),
    *_both(_action, "added"),
    *_both(_arn, "added"),
    *_both(_condition, "dropped"),
    *_both(_deny, "added"),
    *_both(_covered, "added"),
    *_both(_denied, "added"),
    *_both(_variable, "added"),
]
