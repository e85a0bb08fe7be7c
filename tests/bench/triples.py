"""Specs of any size: triples of two policies and a role for EC2 that has both, with its instance profile.

Every triple is the founding job's shape with names, actions and resources of its own.
"""

from pathlib import Path

PER_FILE = 10
_SERVICES = (
    ("s3", "read: GetObject", "write: PutObject", "resources: data-{n}/*"),
    (
        "dynamodb",
        "read: [GetItem, Query, Scan]",
        "write: [PutItem, UpdateItem]",
        "resources: table/t-{n}, region: eu-west-1",
    ),
    ("ecr", "read: [BatchGetImage, DescribeRepositories]", "write: PutImage", "resources: any-in-account"),
    (
        "sqs",
        "read: [ReceiveMessage, GetQueueAttributes]",
        "write: SendMessage",
        "resources: queue-{n}, region: eu-west-1",
    ),
)


def written(folder: Path, number: int) -> Path:
    """The specs of so many triples, ten in a file; the folder that holds them."""
    folder.mkdir(parents=True, exist_ok=True)
    for start in range(0, number, PER_FILE):
        inside = range(start, min(start + PER_FILE, number))
        (folder / f"team-{start // PER_FILE:03}.yaml").write_text(_spec(start // PER_FILE, inside))
    return folder


def _spec(team: int, numbers: range) -> str:
    policies = "".join(_policy(n, "Read", 1) + _policy(n, "Write", 2) for n in numbers)
    roles = "".join(
        f"  App{n:04}:\n    description: What application {n} runs as\n    trust: {{service: ec2}}\n"
        f"    attach: [Read{n:04}, Write{n:04}]\n    instance_profile: true\n"
        for n in numbers
    )
    return (
        f"version: 1\nname: bench/team-{team:03}\ntags: {{team:"
        f" t{team}}}\n\npolicies:\n{policies}\nroles:\n{roles}"
    )


def _policy(n: int, word: str, of: int) -> str:
    service = _SERVICES[n % len(_SERVICES)]
    grant = f"{{service: {service[0]}, {service[of]}, {service[3].format(n=n)}}}"
    return (
        f"  {word}{n:04}:\n    description: {word} access of application {n}\n    allow:\n      - {grant}\n"
    )
