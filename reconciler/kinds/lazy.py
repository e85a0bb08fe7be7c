"""Kinds that few specs use, loaded when one does: start-up is paid for by every run."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

from reconciler.core.kind import AnyKind


@dataclass(frozen=True, slots=True)
class OnUse:
    """Stands for the kind in `module`: the facts that every run asks for are the kind's own."""

    KIND: str
    SECTION: str
    module: str
    ONE_IN_ACCOUNT: bool = False

    def __getattr__(self, name: str) -> Any:
        """Everything else of the kind, from its module."""
        return getattr(import_module(f"reconciler.kinds.{self.module}").kind, name)


def on_use(kind: str, section: str, module: str, *, one_in_account: bool = False) -> AnyKind:
    """The kind in `module`, loaded with the first question beyond these."""
    return cast("AnyKind", OnUse(kind, section, module, one_in_account))
