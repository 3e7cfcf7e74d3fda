"""What the server answers, before it is HTTP or an entry of a Bundle."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime

from adapter.sandbox.stored import Stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int = 200
    content: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    stored: Stored | None = None
    """What `content` is, where it is one version of a resource."""


def answer_with(stored: Stored, status: int = 200, **headers: str) -> Answer:
    named = {"ETag": stored.etag, "Last-Modified": http_date(stored.updated)} | headers
    return Answer(status=status, content=stored.content, headers=named, stored=stored)


def http_date(instant: str) -> str:
    return format_datetime(datetime.fromisoformat(instant), usegmt=True)
