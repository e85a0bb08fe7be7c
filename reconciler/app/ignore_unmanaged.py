"""The use case of `drift --ignore` for a resource in no spec: an entry in the project's file."""

from reconciler.app.changed_file import Changed, changed_file
from reconciler.app.drift.run import DriftScope, drift
from reconciler.app.output.files import put
from reconciler.app.request import SpecSelection
from reconciler.aws.client import Client
from reconciler.core.errors import PlanError, ReconcileError, SpecError
from reconciler.spec.editor import NotEditable, SpecText
from reconciler.spec.project.settings import read_project

_BY_HAND = "write it by hand: unmanaged: {ignore: [{match: ADDRESS, reason: TEXT}]}"


def ignore(request: SpecSelection, client: Client, finding: str, reason: str, until: str) -> Changed | None:
    """Write that a resource in no spec is known, into reconcile.yaml; None where the id is of none.

    Raises:
        PlanError: there is no project, or its file can't be changed: then nothing is written.
    """
    addresses = {f.id: f.address for f in drift(request, client, DriftScope(unmanaged=True)).in_no_spec}
    if finding not in addresses:
        return None
    project = request.project
    if project is None:
        raise PlanError(
            f"{addresses[finding]} is in no spec; what is known of such resources stands in reconcile.yaml",
            "write reconcile.yaml with `version: 1`, or describe the resource: reconcile export",
        )
    entry = {"match": str(addresses[finding]), "reason": reason, **({"until": until} if until else {})}
    try:
        before = project.file.read_bytes().decode()
        after = SpecText(before).with_member("unmanaged", "ignore", entry)
        put(project.file, after)
        read_project(project.file, project.shown)
    except NotEditable as error:
        raise PlanError(f"{project.shown}: {error}", _BY_HAND) from None
    except SpecError as error:
        put(project.file, before)
        raise PlanError(f"{project.shown}: {error.problems[0]}", _BY_HAND) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ReconcileError(f"{project.shown} can't be changed: {error}") from None
    return changed_file(project.file, before, after)
