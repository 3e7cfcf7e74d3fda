"""`python -m adapter.cli` is `vardbro`."""

from adapter.cli import main

main()
