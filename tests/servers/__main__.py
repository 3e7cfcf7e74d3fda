"""`python -m tests.servers` builds what the tests here need, so that none of them waits for a download."""

from __future__ import annotations

import sys

from . import hapi, issuer, validator
from .needs import java_and_maven, node_and_npm

if reason := java_and_maven() or node_and_npm():
    sys.exit(reason)
for program in (hapi.build(), validator.build()):
    sys.stdout.write(f"{program.folder}\n")
sys.stdout.write(f"{issuer.build()}\n")
