"""Kinds that few specs use, loaded when one does: start-up is paid for by every run."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from reconciler.core.context import SpecContext
from reconciler.core.problems import Problems


@dataclass(frozen=True, slots=True)
class OnUse:
    """Stands for the kind in `module`, whose KIND and SECTION it has."""

    KIND: str
    SECTION: str
    module: str

    @property
    def _kind(self) -> Any:
        return import_module(f"reconciler.kinds.{self.module}")

    @property
    def FACETS(self) -> tuple[str, ...]:  # noqa: N802 - as the kinds' own constant
        """The keys of the rendering."""
        facets: tuple[str, ...] = self._kind.FACETS
        return facets

    @property
    def Section(self) -> Any:  # noqa: N802 - as the kinds' own class
        """The kind's section of the language."""
        return self._kind.Section

    def named(
        self, name: str, given: Mapping[str, Any], account: str, partition: str
    ) -> tuple[str, str] | None:
        """The name and the ARN of what an entry of SECTION describes."""
        own: tuple[str, str] | None = self._kind.named(name, given, account, partition)
        return own

    def from_spec(self, name: str, section: Any, context: SpecContext, problems: Problems) -> Any:
        """The desired state, or None."""
        return self._kind.from_spec(name, section, context, problems)

    def render(self, want: Any) -> dict[str, Any]:
        """The settings as `reconcile render` shows them."""
        rendered: dict[str, Any] = self._kind.render(want)
        return rendered
