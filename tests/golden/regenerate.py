"""`python -m tests.golden.regenerate` writes the golden files and the pages that are made from the code.

A golden file is read by a person before it is committed: the tests only see that nothing changes unseen.
"""

from __future__ import annotations

import sys

from adapter.region import SAMPLES

from .contracts import CONTRACTS, golden_contracts
from .corpus import accepted, folder_of
from .pages import pages
from .texts import difference, golden


def main() -> None:
    """Writes what differs, takes away what no message has, and says which."""
    every = [taken for region in SAMPLES for taken in accepted(region) if taken.entry.golden]
    wanted = dict(golden(taken) for taken in every) | golden_contracts() | pages()
    held = {path for region in SAMPLES for path in (folder_of(region) / "golden").rglob("*.json")}
    held |= {path for path in CONTRACTS.rglob("*.*") if path.is_file()}
    for path in sorted(held - set(wanted)):
        path.unlink()
        sys.stdout.write(f"gone  {path.name}\n")
    for path, text in wanted.items():
        if difference(path, text):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            sys.stdout.write(f"wrote {path.name}\n")


if __name__ == "__main__":
    main()
