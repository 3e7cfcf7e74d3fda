"""`python -m adapter.sandbox`: the sandbox alone, for test suites of any language."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path

from adapter.sandbox.outcome import Refusal
from adapter.sandbox.running import serve
from adapter.sandbox.settings import SandboxSettings


def main(arguments: list[str] | None = None) -> int:
    """0 once it was told to stop, 1 where it could not start."""
    given = _parser().parse_args(arguments)
    parent = given.__dict__.pop("parent")
    settings = SandboxSettings(**{name: value for name, value in vars(given).items() if value is not None})
    try:
        serve(settings, parent=parent)
    except (OSError, OverflowError, Refusal) as error:
        sys.stderr.write(f"vardbro sandbox: {error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("vardbro sandbox", description=__doc__, argument_default=None)
    parser.add_argument("--host", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, help="0, the default, takes any free port; the READY line names it")
    parser.add_argument("--database", type=Path, metavar="FILE", help="a SQLite file; without it all is in memory")
    parser.add_argument("--like", choices=("r4", "hapi"), help="whose answer is given where servers differ (r4)")
    parser.add_argument("--validate", choices=("structure", "off"), help="what is checked at every write (structure)")
    parser.add_argument("--seed", type=Path, action="append", metavar="PATH", help="JSON or NDJSON, a file or a folder")
    parser.add_argument("--clock", type=datetime.fromisoformat, metavar="ISO", help="where time stands still")
    parser.add_argument("--parent", type=int, metavar="PID", help="stop when this process is gone")
    return parser


if __name__ == "__main__":
    sys.exit(main())
