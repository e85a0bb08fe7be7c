"""The account's own settings: its alias, and the rules for its users' passwords.

Each of the two is managed where the spec names it, and left alone where not. The account is always there:
nothing is created, everything is an update. IAM has no tags on an account, so naming a setting is the claim
to it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import Field

from reconciler.core.call import Answers, Call, read, write
from reconciler.core.change import FieldChange
from reconciler.core.context import SpecContext, Tags
from reconciler.core.exported import Exported, NotExported
from reconciler.core.kind import Kind, LostAnswer
from reconciler.core.problems import Problems
from reconciler.core.results.finding import Severity
from reconciler.facets import password_policy, snapshot
from reconciler.facets.password_policy import PasswordPolicySection, Rules
from reconciler.language.acknowledge import Acknowledgements
from reconciler.language.ignore import Ignores
from reconciler.language.section import Section as BaseSection
from reconciler.policy.document import arns
from reconciler.policy.meaning.canonical import fingerprint

_ALIASES = read("ListAccountAliases")
_POLICY = read("GetAccountPasswordPolicy")
# CreateAccountAlias: 3 to 63 characters, no hyphen at an end, none twice in a row.
_ALIAS = re.compile(r"(?=.{3,63}$)[a-z0-9](-?[a-z0-9])*")


class Section(BaseSection):
    """Settings of the account itself; the spec must say which `account:`."""

    ELSEWHERE: ClassVar[dict[str, str]] = {"account_alias": "alias:"}
    alias: str | None = Field(None, description="The account's alias, for its sign-in URL.")
    password_policy: PasswordPolicySection | None = Field(None, description="Rules for users' passwords.")
    ignore: Ignores = Field((), description="Differences to leave alone.")
    acknowledge: Acknowledgements = Field((), description="Consent to what a guard refuses.")


@dataclass(frozen=True, slots=True)
class State:
    """The settings as desired, or as they are: None where not managed.

    "" and no rules where the account has none.
    """

    name: str
    arn: str
    alias: str | None
    password_policy: Rules | None
    tags: Tags = frozenset()
    all_tags: Tags = frozenset()
    owner: str = ""
    applied: str = ""

    @property
    def path(self) -> str:
        """An account has no path."""
        return "/"


def _lists_aliases(_call: Call, _answers: Answers) -> tuple[Call, ...]:
    return (_ALIASES,)


def _has_alias(call: Call, answers: Answers) -> bool:
    """It is this account's, or another's."""
    return call.params["AccountAlias"] in (answers.get(_ALIASES) or {}).get("AccountAliases", ())


class AccountSettingsKind(Kind[Section, State]):
    """The account's own settings: its alias, and the rules for its users' passwords."""

    MODEL = Section
    KIND = "account-settings"
    SECTION = "account_settings"
    ONE_IN_ACCOUNT = True
    FACETS = ("alias", "password_policy")
    FACET_TITLES: ClassVar[Mapping[str, str]] = {
        "alias": "The account has another alias than the spec says, or none.",
        "password_policy": (
            "The account's password policy has other rules than the spec says, or there is none."
        ),
    }
    # Without its alias nobody finds the account's sign-in page.
    SEVERITIES: ClassVar[Mapping[str, Severity]] = {"alias": "lost"}
    CREATED_READ = None
    LOST_ANSWERS = (LostAnswer("CreateAccountAlias", "EntityAlreadyExists", _lists_aliases, _has_alias),)
    ADVICE: ClassVar[Mapping[tuple[str, str], str]] = {
        ("EntityAlreadyExists", "CreateAccountAlias"): (
            "another account has this alias: all of AWS shares them, so choose another"
        )
    }
    LISTED = None
    UNMARKED = "the account's settings"
    EMPTIED: ClassVar[Mapping[str, Any]] = {"alias": "", "password_policy": {}}
    NOT_EDITABLE = "the account's settings can't be written for you"
    UPDATED_FACETS: ClassVar[Mapping[str, tuple[tuple[str, ...], str]]] = {
        "CreateAccountAlias": (("alias",), ""),
        "DeleteAccountAlias": (("alias",), ""),
        "UpdateAccountPasswordPolicy": (("password_policy",), ""),
        "DeleteAccountPasswordPolicy": (("password_policy",), ""),
    }
    READS_PER_RESOURCE = 2
    DELETE_OPERATIONS = (("DeleteAccountAlias", ""), ("DeleteAccountPasswordPolicy", ""))
    # No other list tells of either (contract §8).

    def identify(self, _name: str, _given: Mapping[str, Any], _account: str, _partition: str) -> None:
        """Settings have no address that anything could refer to."""
        return

    def from_spec(
        self, name: str, section: Section, context: SpecContext, problems: Problems
    ) -> State | None:
        """The desired settings; `name` is the account's number."""
        if section.alias is None and section.password_policy is None:
            problems.error("says nothing: alias, password_policy")
        if section.alias is not None and not _ALIAS.fullmatch(section.alias):
            problems.error(
                "an alias has 3 to 63 small letters and digits, with single hyphens between them", "alias"
            )
        rules = None
        if section.password_policy is not None:
            password_policy.check(section.password_policy, problems.under("password_policy"))
            rules = password_policy.of_section(section.password_policy)
        if problems.has_errors:
            return None
        return State(name, arns.root(context.partition, context.account), section.alias, rules)

    def render(self, want: State) -> dict[str, Any]:
        """Both settings: null where one is not managed, empty where the account has none."""
        rules = want.password_policy
        return {
            "alias": want.alias,
            "password_policy": None if rules is None else password_policy.values_of(rules),
        }

    def from_snapshot(self, name: str, arn: str, settings: Mapping[str, Any]) -> State:
        """The settings that these are the rendering of."""
        alias, rules = settings["alias"], settings["password_policy"]
        return State(
            name=name,
            arn=arn,
            alias=None if alias is None else snapshot.text(alias),
            password_policy=None if rules is None else password_policy.of_values(rules),
        )

    def stub(self, name: str, arn: str, want: State | None = None) -> State:
        """Settings of which nothing is known; only those that a spec names, where one does."""
        alias = "" if want is None or want.alias is not None else None
        rules = password_policy.NONE if want is None or want.password_policy is not None else None
        return State(name, arn, alias, rules)

    def reads(self, want: State, answers: Answers) -> tuple[Call, ...]:
        """A call for each setting that is managed."""
        return (
            *([_ALIASES] if want.alias is not None else []),
            *([_POLICY] if want.password_policy is not None else []),
        )

    def read_permissions(self, want: State) -> tuple[tuple[str, str], ...]:
        """The same: neither action takes a resource."""
        return tuple((call.permission, "*") for call in self.reads(want, Answers({})))

    def from_answers(self, want: State, answers: Answers) -> State:
        """The live settings, as far as they are managed."""
        alias: str | None = None
        if want.alias is not None:
            aliases = (answers.get(_ALIASES) or {}).get("AccountAliases", ())
            alias = str(aliases[0]) if aliases else ""
        rules = None if want.password_policy is None else password_policy.of_answer(answers.get(_POLICY))
        return State(want.name, want.arn, alias, rules)

    def diff(self, want: State, have: State) -> tuple[FieldChange, ...]:
        """Alias and rules, where they are managed."""
        changed: tuple[FieldChange, ...] = ()
        if want.alias is not None and want.alias != have.alias:
            changed = (FieldChange("alias", "value", have.alias or None, want.alias or None),)
        if want.password_policy is None:
            return changed
        return (
            *changed,
            *password_policy.diff(want.password_policy, have.password_policy or password_policy.NONE),
        )

    def fingerprints(self, state: State) -> Mapping[str, str]:
        """Digests of what is applied; there is no tag to keep them in."""
        return {
            "alias": fingerprint(state.alias or ""),
            "password_policy": fingerprint(repr(sorted(state.password_policy or ()))),
        }

    def create(self, want: State, *, in_cycle: bool) -> tuple[Call, ...]:
        """What it takes in an account that has neither."""
        return self.update(want, State(want.name, want.arn, "", password_policy.NONE))

    def update(self, want: State, have: State) -> tuple[Call, ...]:
        """One call for each, which replaces what is there.

        Source: AWS sign-in guide, CreateAccountAlias; model of UpdateAccountPasswordPolicy.
        """
        calls: list[Call] = []
        if want.alias is not None and want.alias != have.alias:
            operation, alias = (
                ("CreateAccountAlias", want.alias) if want.alias else ("DeleteAccountAlias", have.alias)
            )
            calls.append(write(operation, want.arn, {"AccountAlias": alias}))
        if want.password_policy is not None and want.password_policy != have.password_policy:
            rules = want.password_policy
            operation = "UpdateAccountPasswordPolicy" if rules else "DeleteAccountPasswordPolicy"
            calls.append(write(operation, want.arn, password_policy.as_params(rules)))
        return tuple(calls)

    def notes(self, want: State, have: State) -> tuple[str, ...]:
        """An alias that goes takes its sign-in URL with it."""
        if want.alias is not None and have.alias and want.alias != have.alias:
            return (f"the sign-in URL with {have.alias} stops working, and anybody may take that alias",)
        return ()

    def to_spec(self, have: State, context: SpecContext) -> Exported:
        """What the account has of them."""
        rules = password_policy.values_of(have.password_policy or password_policy.NONE)
        section = {"alias": have.alias} if have.alias else {}
        settings = {
            **section,
            **(
                {
                    "password_policy": {
                        key: value if isinstance(value, bool) else str(value) for key, value in rules.items()
                    }
                }
                if rules
                else {}
            ),
        }
        if not settings:
            raise NotExported("the account has neither an alias nor a password policy")
        return Exported("", settings)

    def delete(self, have: State, answers: Answers) -> tuple[Call, ...]:
        """What takes off those that are there; the account stays."""
        return self.update(self.stub(have.name, have.arn, have), have)

    def summary(self, want: State) -> str:
        """What `verify` says when all is right."""
        return "; ".join(
            [
                *([f"alias {want.alias}"] if want.alias is not None else []),
                *(
                    ["the password policy says what the spec says"]
                    if want.password_policy is not None
                    else []
                ),
            ]
        )


kind = AccountSettingsKind()
