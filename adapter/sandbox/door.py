"""The HTTP side: JSON only, every error an OperationOutcome, nothing of a request in any log."""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from adapter.sandbox.answer import Answer
from adapter.sandbox.content import pretty
from adapter.sandbox.instants import instant_text, moment
from adapter.sandbox.interactions import Asked, answer
from adapter.sandbox.json_text import write_json
from adapter.sandbox.negotiation import FHIR_JSON, check_format, wishes
from adapter.sandbox.outcome import Refusal, outcome, refusal
from adapter.sandbox.search import pairs
from adapter.sandbox.space import Space
from adapter.sandbox.spaces import Spaces
from adapter.sandbox.trigger import effect, page

_log = logging.getLogger("vardbro.sandbox")

_SPACE = re.compile(r"(?:/spaces/([A-Za-z0-9-]{1,64}))?/fhir(?:/(.*))?", re.ASCII)
_SPACES = re.compile(r"/spaces(?:/([A-Za-z0-9-]{1,64}))?/?", re.ASCII)
_EVERYWHERE = ("_format", "_pretty")
_DISCARDED = 64_000_000
"""Of a body that is too large, so much is read and thrown away, so that the client gets to hear the answer."""
