"""What every kind of resource provides: facts, and pure functions over its own sections and states."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Literal, Protocol, TypeVar

from reconciler.core.answer_shape import Shape
from reconciler.core.call import Answers, Call
from reconciler.core.change import FieldChange
from reconciler.core.context import SpecContext
from reconciler.core.exported import Exported
from reconciler.core.problems import Problems
from reconciler.core.results.finding import Severity
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


SectionT = TypeVar("SectionT")
StateT = TypeVar("StateT")
# Facts without a default: a kind that lacks one fails when it is defined.
_FACTS = (
    "KIND",
    "SECTION",
    "FACETS",
    "FACET_TITLES",
    "UPDATED_FACETS",
    "READS_PER_RESOURCE",
    "DELETE_OPERATIONS",
    "CREATED_READ",
    "LISTED",
)


@dataclass(frozen=True, slots=True)
class Listed:
    """Where the account's resources of a kind are listed.

    `member` is the list in the answer. `name` is the key of an entry's name, "" where it has an ARN only.
    """

    call: Call
    member: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class CreatedRead:
    """The read that shows whether a create whose answer was lost has taken effect.

    `parameter` names the resource in the read; its value is that of the create, or the ARN where `by_arn`.
    `member` is the object in the answer that carries the tags, "" where the answer itself does.
    """

    create: str
    read: str
    parameter: str
    member: str = ""
    by_arn: bool = False


@dataclass(frozen=True, slots=True)
class LostAnswer:
    """How it shows for an operation that no tags tell of.

    `refusal` is IAM's error code when it is sent again after it took effect; "" where IAM would do it once
    more, so that it is asked for before. `reads` are those known to be needed, given the answers so far, and
    `shows` is whether their answers have what the call was to bring about.
    """

    operation: str
    refusal: str
    reads: Callable[[Call, Answers], tuple[Call, ...]]
    shows: Callable[[Call, Answers], bool]


class Kind(Generic[SectionT, StateT]):
    """One kind of resource. States are the kind's own frozen dataclass; a kind itself holds no data.

    A kind states the facts that are annotated here, at least those without a value, and overrides what is
    different from the defaults.
    """

    # The word in addresses, and the key of the spec.
    KIND: ClassVar[str]
    SECTION: ClassVar[str]
    # Whether there is one in each account: its entry has no name, and nothing can refer to it.
    ONE_IN_ACCOUNT: ClassVar[bool] = False
    # The pydantic model of one entry of SECTION; None where another kind's section makes it.
    MODEL: ClassVar[Any] = None
    # The keys of the rendering, by which differences are named; each with what a difference of it means.
    FACETS: ClassVar[tuple[str, ...]]
    FACET_TITLES: ClassVar[Mapping[str, str]]
    # How bad a difference of a facet is, where access does not decide it.
    SEVERITIES: ClassVar[Mapping[str, Severity]] = {}
    # What each operation of an update changes: keys of the rendering, and the parameter that names a part of
    # them, "" where the whole is changed.
    UPDATED_FACETS: ClassVar[Mapping[str, tuple[tuple[str, ...], str]]]
    # How many calls it takes to ask about one that is as it should be.
    READS_PER_RESOURCE: ClassVar[int]
    # For each read, by operation: its answer from the parameters and `facets.reads.account.AccountWide`.
    BULK_ANSWERS: ClassVar[Mapping[str, Callable[[Mapping[str, Any], Any], Any]]] = {}
    # Every operation of a deletion beside `read_permissions`, with the kind of what it acts on.
    DELETE_OPERATIONS: ClassVar[tuple[tuple[str, str], ...]]
    # None: a create can't be lost (there is none), or nothing shows whether it was ours.
    CREATED_READ: ClassVar[CreatedRead | None]
    # The other operations whose effect no tags show.
    LOST_ANSWERS: ClassVar[tuple[LostAnswer, ...]] = ()
    # The operations that meet quotas which AWS raises on request (contract §2).
    RAISABLE: ClassVar[frozenset[str]] = frozenset()
    # What to do about an error code of an operation, where it means something else than elsewhere.
    ADVICE: ClassVar[Mapping[tuple[str, str], str]] = {}
    # What is used of the answers to its own reads; what an answer lacks of it is no traceback, but an error.
    ANSWER_SHAPES: ClassVar[Mapping[str, Shape]] = {}
    # None: there is one in an account.
    LISTED: ClassVar[Listed | None]
    # The lists that show many of them whole, the details first; () where each is asked for.
    LISTED_WHOLE: ClassVar[tuple[Call, ...]] = ()
    # Which account-wide answer shows its tags; "" where IAM can't tag it.
    TAGS_SHOWN_BY: ClassVar[Literal["account details", "tagging API", ""]] = ""
    # What IAM can't mark as ours, so that naming it is the claim to it; "" where it can.
    UNMARKED: ClassVar[str] = ""
    # How bad it is that one carries a spec's tag which no longer describes it.
    ORPHAN_SEVERITY: ClassVar[Severity] = "metadata"
    # Whether two keys of its tags that differ in case alone are one.
    FOLDS_TAG_KEYS: ClassVar[bool] = False
    # The parameter that names it in calls that are sent on behalf of others, "" where no others send any.
    NAMED_BY: ClassVar[str] = ""
    # The operations that take something else off it, each with the parameter that says what.
    TAKES_OFF: ClassVar[Mapping[str, str]] = {}
    # The settings that are empty just before it is deleted.
    EMPTIED: ClassVar[Mapping[str, Any]] = {}
    # How one lets somebody do something: by the policies that it holds, by its document where somebody has
    # it, by the roles that trust it; "" where it does not by itself.
    ACCESS_BY: ClassVar[Literal["policies", "document", "trusting roles", ""]] = ""
    # Whether a trust policy can name one.
    NAMED_IN_TRUST: ClassVar[bool] = False
    # Why `drift --accept` and `--ignore` can't write its entry; "" where they can.
    NOT_EDITABLE: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        """Refuse a kind that lacks a fact."""
        lacking = [fact for fact in _FACTS if not hasattr(cls, fact)]
        if lacking:
            raise TypeError(f"{cls.__module__}.{cls.__name__} lacks {', '.join(lacking)}")

    def identify(
        self, name: str, given: Mapping[str, Any], account: str, partition: str
    ) -> tuple[str, str] | None:
        """The name and the ARN of what an entry of SECTION describes, by its plain data; else None."""
        raise NotImplementedError

    def from_spec(
        self, name: str, section: SectionT, context: SpecContext, problems: Problems
    ) -> StateT | None:
        """The desired state, or None where the section yields none or has errors."""
        raise NotImplementedError

    def render(self, want: StateT) -> dict[str, Any]:
        """The settings as `reconcile render` shows them."""
        raise NotImplementedError

    def to_snapshot(self, state: StateT) -> dict[str, Any]:
        """The settings whole, for journals: as `render`, but never a digest of something."""
        return self.render(state)

    def from_snapshot(self, name: str, arn: str, settings: Mapping[str, Any]) -> StateT:
        """The state that `to_snapshot` keeps as these settings, without our own tags.

        Raises:
            KeyError, TypeError, ValueError, AttributeError: no state of this kind is kept like that.
        """
        raise NotImplementedError

    def stub(self, name: str, arn: str, want: StateT | None = None) -> StateT:
        """A state of which only the name is known: for `reads` and `from_answers` of the whole resource.

        Where a spec describes it as `want`, of what only belongs to it in part no more than that.
        """
        raise NotImplementedError

    def bulk(self, owner: str, account: Any) -> tuple[Call, ...]:  # noqa: ARG002
        """The account-wide reads that the answers about what this spec owns are cut from."""
        return ()

    def reads(self, want: StateT, answers: Answers) -> tuple[Call, ...]:
        """Every read known to be needed, given the answers so far; those not yet answered are then run."""
        raise NotImplementedError

    def read_permissions(self, want: StateT) -> tuple[tuple[str, str], ...]:
        """Every read that `reads` may ask for, whatever the answers.

        Action, and the ARN or `*` that it must be allowed on.
        """
        raise NotImplementedError

    def from_answers(self, want: StateT, answers: Answers) -> StateT | None:
        """The live state, or None where it does not exist."""
        raise NotImplementedError

    def complete(self, want: StateT, answers: Answers) -> StateT:  # noqa: ARG002
        """The desired state with what only AWS knows filled in (the path of an AWS managed policy, say)."""
        return want

    def diff(self, want: StateT, have: StateT) -> tuple[FieldChange, ...]:
        """What differs, compared by meaning."""
        raise NotImplementedError

    def fingerprints(self, state: StateT) -> Mapping[str, str]:
        """A short digest for each field that is applied, for the `applied` tag."""
        raise NotImplementedError

    def blockers(
        self,
        want: StateT,  # noqa: ARG002
        have: StateT | None,  # noqa: ARG002
        answers: Answers,  # noqa: ARG002
        promised: frozenset[str],  # noqa: ARG002
    ) -> tuple[str, ...]:
        """Why no call can bring the desired state about.

        `promised` are facts that the plan's calls will provide.
        """
        return ()

    def notes(self, want: StateT, have: StateT) -> tuple[str, ...]:  # noqa: ARG002
        """What a reader of the plan should know about how an update goes about it."""
        return ()

    def create(self, want: StateT, *, in_cycle: bool) -> tuple[Call, ...]:
        """The calls that create it; `in_cycle` when what its trust names can only be created after it."""
        raise NotImplementedError

    def update(self, want: StateT, have: StateT) -> tuple[Call, ...]:
        """The calls that turn one state into the other."""
        raise NotImplementedError

    def deletion_reads(self, have: StateT) -> tuple[Call, ...]:  # noqa: ARG002
        """What else must be asked before it can be deleted: who uses it, and what it holds."""
        return ()

    def usage(self, have: StateT, answers: Answers) -> Usage:  # noqa: ARG002
        """Who would lose something if it were deleted."""
        return Usage()

    def delete(self, have: StateT, answers: Answers) -> tuple[Call, ...]:
        """The calls that delete it, after all that it holds."""
        raise NotImplementedError

    def to_spec(self, have: StateT, context: SpecContext) -> Exported:
        """The entry of a spec that describes it; `context` has the names of all that is exported along.

        Raises:
            NotExported: no spec could describe it.
        """
        raise NotImplementedError

    def in_words(self, have: StateT) -> tuple[str, ...]:  # noqa: ARG002
        """What a report says of one that no spec describes: who comes in, what it holds, who is in it."""
        return ()

    def summary(self, want: StateT) -> str:
        """One line for `verify`: what is right about it."""
        raise NotImplementedError


AnyKind = Kind[Any, Any]
