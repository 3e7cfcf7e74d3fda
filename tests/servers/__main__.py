"""`python -m tests.servers` builds what the tests here need, so that none of them waits for a download."""

from __future__ import annotations

import sys

from . import hapi, validator
from .needs import java_and_maven

if reason := java_and_maven():
    sys.exit(reason)
for program in (hapi.build(), validator.build()):
    sys.stdout.write(f"{program.folder}\n")
