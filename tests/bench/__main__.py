"""`make bench`: everything that is measured.

Prints it, and writes what grows with the size to BENCHMARKS.md.
"""

import os

from tests.bench import aws_policies, exporting, linting, others, parts, reporting, scale, sharing, table
from tests.conftest import ROOT

# BENCH_SIZES=1,10 is a quick look.
SIZES = tuple(int(number) for number in os.environ.get("BENCH_SIZES", "1,10,100,1000").split(","))
# The others take minutes for more.
OTHERS_AT = (1, 10)


def measured() -> list[scale.Size]:
    """Every size, printed as soon as it is there."""
    sizes = []
    for size in scale.sizes(SIZES):
        more = tuple(others.rows(size.number)) if size.number in OTHERS_AT else ()
        compared = scale.Size(size.number, size.rows + more)
        sizes.append(compared)
        print(
            f"\n{compared.number} triples",
            *table.head(),
            *(table.lines(row, compared) for row in compared.rows),
            sep="\n",
        )
    return sizes


def main() -> None:
    """Run everything."""
    for part in (
        parts.start_up,
        parts.processor_time,
        parts.many_specs,
        parts.a_project,
        parts.meaning,
        aws_policies.aws_policies,
        linting.linting,
        exporting.exporting,
        reporting.reporting,
        parts.calls,
        parts.sandbox_speed,
    ):
        part()
        print()
    for name, package in (("ansible", "ansible"), ("iambic", "iambic-core")):
        if not others.version(name, package):
            print(f"{name} is not installed, so it is left out: tests/bench/others.py says how to")
    document = table.document(
        measured(), scale.throttled(), scale.crowded(), scale.planning(), list(sharing.rows())
    )
    (ROOT / "BENCHMARKS.md").write_text(document)
    print(f"\n{document}")


if __name__ == "__main__":
    main()
