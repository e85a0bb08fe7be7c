"""What every kind of resource provides. Kinds are modules.

Each fits this protocol, and mypy checks that it does.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from reconciler.core.call import Answers, Call
from reconciler.core.change import FieldChange
from reconciler.core.context import SpecContext
from reconciler.core.exported import Exported
from reconciler.core.problems import Problems
from reconciler.core.usage import Usage


class State(Protocol):
    """What all states of resources have in common; `owner` is "" where nothing is tagged."""

    @property
    def name(self) -> str:
        """The name, as IAM spells it."""

    @property
    def arn(self) -> str:
        """The ARN, computed or read."""

    @property
    def owner(self) -> str:
        """OWNER/NAME of the spec whose tag it carries."""

    @property
    def tags(self) -> frozenset[tuple[str, str]]:
        """The user's own tags."""

    @property
    def applied(self) -> str:
        """The text of the `applied` tag."""


class Kind(Protocol):
    """One kind of resource, as data and pure functions. States are the kind's own frozen dataclass.

    KIND is the word in addresses; SECTION the key of the spec that it is made from;
    FACETS are the keys of its rendering, by which differences are named.
    """

    @property
    def KIND(self) -> str:  # noqa: N802 - a module's constant
        """The word in addresses."""

    @property
    def SECTION(self) -> str:  # noqa: N802 - a module's constant
        """The key of the spec."""

    @property
    def FACETS(self) -> tuple[str, ...]:  # noqa: N802 - a module's constant
        """The keys of the rendering."""

    def identify(
        self, name: str, given: Mapping[str, Any], account: str, partition: str
    ) -> tuple[str, str] | None:
        """The name and the ARN of what an entry of SECTION describes, by its plain data; else None."""

    def from_spec(self, name: str, section: Any, context: SpecContext, problems: Problems) -> Any:
        """The desired state, or None where the section yields none or has errors."""

    def render(self, want: Any) -> dict[str, Any]:
        """The settings as `reconcile render` shows them.

        Where that has only a digest of something, `to_snapshot(state)` beside it has the thing itself
        (`plan.snapshot`).
        """

    @property
    def UPDATED_FACETS(self) -> Mapping[str, tuple[tuple[str, ...], str]]:  # noqa: N802
        """What each operation of an update changes.

        Keys of the rendering, and the parameter that names parts of them.

        The parameter is "" where the whole is changed.
        """

    @property
    def READS_PER_RESOURCE(self) -> int:  # noqa: N802
        """How many calls it takes to ask about one that is as it should be."""

    @property
    def BULK_ANSWERS(self) -> Mapping[str, Callable[[Mapping[str, Any], Any], Any]]:  # noqa: N802
        """For each read, by operation.

        Its answer from the parameters and `facets.reads.account.AccountWide`.
        """

    @property
    def DELETE_OPERATIONS(self) -> tuple[tuple[str, str], ...]:  # noqa: N802
        """Every operation of a deletion beside `read_permissions`, with the kind of what it acts on."""

    def bulk(self, owner: str, account: Any) -> tuple[Call, ...]:
        """The account-wide reads that the answers about what this spec owns are cut from."""

    def reads(self, want: Any, answers: Answers) -> tuple[Call, ...]:
        """Every read known to be needed, given the answers so far; those not yet answered are then run."""

    def read_permissions(self, want: Any) -> tuple[tuple[str, str], ...]:
        """Every read that `reads` may ask for, whatever the answers.

        Action, and the ARN or `*` that it must be allowed on.
        """

    def from_answers(self, want: Any, answers: Answers) -> Any:
        """The live state, or None where it does not exist."""

    def complete(self, want: Any, answers: Answers) -> Any:
        """The desired state with what only AWS could tell filled in (a managed policy's path, say)."""

    def diff(self, want: Any, have: Any) -> tuple[FieldChange, ...]:
        """What differs, compared by meaning."""

    def fingerprints(self, state: Any) -> Mapping[str, str]:
        """A short digest for each field that is applied, for the `applied` tag."""

    def blockers(self, want: Any, have: Any, answers: Answers, promised: frozenset[str]) -> tuple[str, ...]:
        """Why no call can bring the desired state about.

        `promised` are facts that the plan's calls will provide.
        """

    def notes(self, want: Any, have: Any) -> tuple[str, ...]:
        """What a reader of the plan should know about how an update goes about it."""

    def create(self, want: Any, *, in_cycle: bool) -> tuple[Call, ...]:
        """The calls that make it; `in_cycle` when what its trust names can only be made after it."""

    def update(self, want: Any, have: Any) -> tuple[Call, ...]:
        """The calls that turn one state into the other."""

    def stub(self, name: str, arn: str, want: Any = None) -> Any:
        """A state of which only the name is known.

        For `reads` and `from_answers` of everything that the resource is.

        Where a spec describes it as `want`, of what only belongs to it in part no more than that.
        """

    def deletion_reads(self, have: Any) -> tuple[Call, ...]:
        """What else must be asked before it can be deleted: who uses it, and what hangs on it."""

    def usage(self, have: Any, answers: Answers) -> Usage:
        """Who would feel it if it were deleted."""

    def delete(self, have: Any, answers: Answers) -> tuple[Call, ...]:
        """The calls that delete it, after all that hangs on it."""

    def to_spec(self, have: Any, context: SpecContext) -> Exported:
        """The entry of a spec that describes it; `context` has the names of all that is exported along.

        Raises:
            NotExported: no spec could describe it.
        """

    def from_snapshot(self, name: str, arn: str, settings: Mapping[str, Any]) -> Any:
        """The state that `plan.snapshot.recorded` keeps as these settings, without our own tags.

        Raises:
            KeyError, TypeError, ValueError, AttributeError: no state of this kind is kept like that.
        """

    def summary(self, want: Any) -> str:
        """One line for `verify`: what is right about it."""
