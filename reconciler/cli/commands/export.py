"""`reconcile export`."""

from pathlib import Path

import click

from reconciler.app.export import select
from reconciler.app.export.files import Export, put
from reconciler.cli import completions, options, terminal
from reconciler.cli.inputs import Inputs, reading_without_specs
from reconciler.core.text import escaped, owned_by, plural

_MOST_SHOWN = 10


@click.command(
    "export",
    epilog="""\b
Example:
  reconcile export role.CustomRWECRRole policy.ReadECRRepositoryContent
  reconcile export --all --out specs/
  reconcile export --path /team/ --out team.yaml --name acme/team
\b
Exit codes: 0 done, 1 failed, or not everything could be read.""",
)
@click.argument("addresses", nargs=-1, shell_complete=completions.kinds, metavar="[KIND.NAME]...")
@click.option("--all", "everything", is_flag=True, help="The whole account.")
@click.option("--path", default="", metavar="/PATH/", help="What is on this IAM path or below it.")
@click.option("--owned", is_flag=True, help="With --all and --path: also what belongs to a spec already.")
@click.option(
    "--out",
    metavar="FILE|DIR/",
    help="Write there: one spec, or in a folder one for each kind. Standard output where not given.",
)
@click.option(
    "--name",
    default="",
    metavar="OWNER/NAME",
    help=(
        "The spec's name, in a folder with -KIND after it: acme/all-roles. The spec that all of it belongs"
        " to, or exported/ACCOUNT, where not given."
    ),
)
@reading_without_specs
def command(
    inputs: Inputs,
    addresses: tuple[str, ...],
    everything: bool,
    path: str,
    owned: bool,
    out: str | None,
    name: str,
) -> int:
    """Write live IAM as specs whose plan only adopts. Reads AWS, changes nothing.

    KIND.NAME is an address such as role.NAME, in which * stands for any text. What no spec can say, is AWS's
    own, or belongs to a spec already (its tags say so) is listed in comments. What is named by its address is
    exported whoever has it: to plan what belongs to another spec takes --take-over.
    """
    asked = (*addresses, *inputs.request.only)
    if everything == bool(asked or path):
        raise click.UsageError("say what: addresses (role.NAME), --path /x/, or --all")
    if out == "":
        raise click.UsageError("--out names nothing: an unset variable?")
    if name and not select.is_spec_name(name):
        raise click.UsageError("--name is OWNER/NAME, of letters, digits and ._-")
    out = None if out in (None, "-") else options.checked_place(out)
    is_folder = out is not None and (out.endswith("/") or Path(out).is_dir())
    with terminal.progressing() as progress:
        wanted = select.Wanted(asked, path, name, owned=owned)
        exported = select.export(wanted, inputs.client(), progress, apart=is_folder)
    if out is None:
        terminal.result("".join(file.text for file in exported.files))
        lacking = [name for file in exported.files for name, _ in file.beside]
        if lacking:
            terminal.aside(
                f"{', '.join(map(escaped, lacking))}: named by the spec, and written with --out only"
            )
    else:
        for written in put(Path(out), exported, apart=is_folder):
            terminal.aside(f"wrote {written}")
    _say(exported)
    if exported.left_out and not exported.number and not owned:
        terminal.aside(
            "nothing is left to export: what belongs to a spec is exported by its address, or with --owned"
        )
    return 1 if exported.unread or not exported.number else 0


def _say(exported: Export) -> None:
    if exported.owners:
        owners = escaped("; ".join(map(owned_by, exported.owners)))
        terminal.aside(f"{owners}: to plan it takes --take-over")
    unread = f", {len(exported.unread)} could not be read" if exported.unread else ""
    terminal.aside(
        f"exported {plural(exported.number, 'resource')}, left out {len(exported.left_out)}{unread}"
    )
    out = [
        *exported.left_out.items(),
        *((a, f"could not be read: {why}") for a, why in exported.unread.items()),
    ]
    for address, why in out[:_MOST_SHOWN]:
        terminal.aside(f"  {escaped(address)}: {escaped(why)}")
    if len(out) > _MOST_SHOWN:
        terminal.aside(f"  … and {len(out) - _MOST_SHOWN} more, in the specs' comments")
