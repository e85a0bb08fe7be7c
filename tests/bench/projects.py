"""A project of real size: 200 spec files in 40 folders, 10 templates in a library, used 500 times."""

from pathlib import Path

FOLDERS, FILES, TEMPLATES, USES = 40, 200, 10, 500
_PROJECT = 'version: 1\nspecs: ["specs/**"]\n'
_TEMPLATE = """version: 1
templates:
  t{n}:
    parameters:
      name:
      bucket: {{default: shared}}
    policies:
      "${{param.name}}-{n}":
        allow:
          - {{service: s3, read: GetObject, resources: "${{param.bucket}}/*"}}
          - {{service: sqs, actions: SendMessage, resources: "${{param.name}}"}}
    roles:
      "${{param.name}}-{n}":
        trust: {{service: lambda}}
        attach: ["${{param.name}}-{n}"]
"""
# The line of a spec on which its first use stands.
FIRST_USE = 6


def write(root: Path) -> None:
    """Write it below this folder."""
    (root / "reconcile.yaml").write_text(_PROJECT)
    (root / "lib").mkdir()
    for number in range(TEMPLATES):
        (root / "lib" / f"t{number}.yaml").write_text(_TEMPLATE.format(n=number))
    for number in range(FILES):
        folder = root / "specs" / f"team{number % FOLDERS}"
        folder.mkdir(parents=True, exist_ok=True)
        uses = range(number, USES, FILES)
        entries = "".join(f"  - {{template: t{use % TEMPLATES}, with: {{name: s{use}}}}}\n" for use in uses)
        head = f"version: 1\nname: team{number % FOLDERS}/s{number}\naccount: '123456789012'\n"
        text = f"{head}library: ../../lib/*.yaml\nuse:\n{entries}groups: {{g{number}: {{}}}}\n"
        (folder / f"s{number}.yaml").write_text(text)
