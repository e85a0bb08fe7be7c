"""Whatever a file says, there is an answer or an error of ours: no traceback, no hang.

Valid files are cut, doubled, shuffled and salted; `make soak` (FUZZ_EXAMPLES) takes many more.
"""

import json
import os
import random
import resource
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.app import diff, saved_plan
from reconciler.app.render import render
from reconciler.app.request import SpecSelection
from reconciler.app.rollback import journal as journals
from reconciler.app.validate import validate
from reconciler.core.call import Answers
from reconciler.core.errors import ReconcileError
from reconciler.plan import rollback
from tests.conftest import ROOT
from tests.end_to_end.change.journals import JOURNAL
from tests.end_to_end.trouble.stages import ACCOUNT_THEN, FIRST, MEMBERS, THEN

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "120"))
SPECS = [
    FIRST,
    THEN,
    MEMBERS + ACCOUNT_THEN,
    *(path.read_text(encoding="utf-8") for path in sorted((ROOT / "specs").rglob("*.yaml"))),
]
DOCUMENT = (
    '{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":["s3:Get*","ec2:*"],'
    '"Resource":"arn:aws:s3:::b/${aws:username}/*","Condition":{"StringLike":{"aws:PrincipalTag/a":["x*",'
    '"y"]},"Bool":{"aws:SecureTransport":"true"}}},{"Effect":"Deny","NotAction":"iam:*","Resource":"*"}]}'
)
PLAN = json.dumps(
    {
        "kind": "reconcile plan",
        "format": 1,
        "account": "123456789012",
        "specs": ["a/b"],
        "paths": ["specs"],
        "variables": {"a": "b"},
        "only": [],
        "rewrite": False,
        "consent": {"adopt": False, "take_over": False, "force": False, "allow": []},
        "calls": [{"operation": "CreateRole", "params": {"RoleName": "R"}}],
    }
)
SALT = [
    "\x00",
    "\ufeff",
    "\u202e",
    "{",
    "}",
    "[",
    "]",
    ":",
    "- ",
    "&a ",
    "*a",
    "!!python/object:x ",
    "<<: ",
    "|",
    "'",
    '"',
    "\t",
    "\n",
    "${var.x}",
    "${",
    "null",
    "~",
    "1e999",
    "-0",
    "2012-10-17",
    "*",
    "?",
    "đ",
    "\U0001f600",
    "\\",
    "#",
    "%",
    "[" * 200,
    "9" * 400,
]

relaxed = settings(
    max_examples=EXAMPLES,
    derandomize="FUZZ_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)


def mutated(text: str, seed: int) -> str:
    """A few cuts, doublings and insertions at random."""
    draw = random.Random(seed)
    for _ in range(draw.randint(1, 6)):
        at = draw.randrange(len(text) + 1)
        length = draw.choice([1, 1, 2, 5, 20, 100])
        match draw.randrange(5):
            case 0:
                text = text[:at] + text[at + length :]
            case 1:
                text = text[:at] + text[at : at + length] * 2 + text[at + length :]
            case 2:
                text = text[:at] + draw.choice(SALT) + text[at:]
            case 3:
                lines = text.splitlines(keepends=True)
                draw.shuffle(lines)
                text = "".join(lines) if draw.random() < 0.3 else text
            case 4:
                text = text[:at] + text[at : at + length].swapcase() + text[at + length :]
    return text


@contextmanager
def bounded() -> Iterator[None]:
    """No hang, no gigabyte: either ends in an error that no command catches.

    Ten seconds of a processor are a thousand times what is usual; other processes do not use them up.
    """
    pages = int(Path("/proc/self/statm").read_text().split()[0]) if Path("/proc/self/statm").exists() else 0
    before = resource.getrlimit(resource.RLIMIT_AS)
    if pages:
        resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + 2**30, before[1]))
    signal.signal(signal.SIGPROF, hung)
    signal.setitimer(signal.ITIMER_PROF, 10)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_AS, before)


def hung(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError("it hangs")


def tried(name: str, text: str, act: Callable[[Path], object]) -> bool:
    """Whether there was an answer, or an error that says something."""
    message = "an answer"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            with bounded():
                act(path)
        except ReconcileError as error:
            message = error.message
    return bool(message) and "\x1b" not in message


def loaded(path: Path) -> None:
    validate(SpecSelection((str(path),)), None, strict=False)
    render(SpecSelection((str(path),)), "123456789012", "aws")


@given(which=st.integers(0, len(SPECS) - 1), seed=st.integers(0, 2**32))
@relaxed
def test_specs(which: int, seed: int) -> None:
    assert tried("s.yaml", mutated(SPECS[which], seed), loaded)


@given(seed=st.integers(0, 2**32), text=st.none() | st.text(max_size=200))
@relaxed
def test_saved_plans(seed: int, text: str | None) -> None:
    assert tried("p.json", mutated(PLAN, seed) if text is None else text, saved_plan.read)


@given(seed=st.integers(0, 2**32), text=st.none() | st.text(max_size=200))
@relaxed
def test_journals(seed: int, text: str | None) -> None:
    assert tried("j.jsonl", mutated(JOURNAL, seed) if text is None else text, taken_back)


def taken_back(path: Path) -> None:
    """A rollback as far as it goes without AWS."""
    for step in journals.read(path).steps:
        have = rollback.as_state(step.kind, step.address.name, step.after)
        if step.before is not None:
            want = rollback.revert(step, step.before, have).state
            step.kind.reads(want, Answers({}))
            step.kind.diff(want, have)
            step.kind.update(want, have)
            step.kind.notes(want, have)


@given(seed=st.integers(0, 2**32), trust=st.booleans())
@relaxed
def test_documents(seed: int, trust: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        old = Path(folder) / "old.json"
        old.write_text(DOCUMENT)
        assert tried("new.json", mutated(DOCUMENT, seed), lambda path: compared(old, path, trust=trust))


def compared(old: Path, new: Path, *, trust: bool) -> None:
    diff.compare(str(old), str(new), trust=trust, standard_input=str)
