"""What came back, as a value: network trouble and answers that are no FHIR are values too, never exceptions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

from adapter.server.wire import parsed
from mappings.problem import Json

FHIR_JSON = "application/fhir+json"
_JSON_TYPES = frozenset({FHIR_JSON, "application/json", "application/json+fhir"})
_LONGEST_WAIT = 86_400.0
_NO_BODY = frozenset({204, 304})
_VERSION_ID = re.compile(r"[A-Za-z0-9.\-]{1,64}")


class Trouble(StrEnum):
    """Why an answer is not what was asked for, beyond its status. The word is what logs and metrics say."""

    UNREACHABLE = "unreachable"
    """No connection: nothing was sent."""
    UNTRUSTED = "untrusted"
    """No connection: what answers there has no certificate that we trust, or does not speak TLS."""
    TIMED_OUT = "timed-out"
    """Too long without an answer. Whether the server did what was asked is not known."""
    INTERRUPTED = "interrupted"
    """The connection broke before the answer was whole. Whether the server did what was asked is not known."""
    NOT_FHIR = "not-fhir"
    """HTML, an empty body, broken JSON: it came from something in between (`fhir.md` 5)."""
    TOO_LARGE = "too-large"
    """More bytes than the setting allows; the rest was not read."""
    REDIRECTED = "redirected"
    """Redirects are not followed: a body with patients goes to the configured server and nowhere else."""
    WRONG_VERSION = "wrong-version"
    """It speaks another FHIR version than R4."""
    OTHER_THAN_ASKED = "other-than-asked"
    """FHIR, but another resource than the one asked for, or no Bundle where one is the answer."""
    ELSEWHERE = "elsewhere"
    """A page link that points away from the server; not followed."""
    ENDLESS = "endless"
    """Page links that repeat, or more pages or entries than the settings allow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of the server. What may hold a patient is kept out of its `repr`."""

    status: int | None = None
    """None where no answer came."""
    body: Json | None = field(default=None, repr=False)
    """The resource, when it is one; `wire.written` writes it."""
    raw: bytes = field(default=b"", repr=False)
    """The bytes as they came, decompressed."""
    content_type: str | None = None
    etag: str | None = None
    """`W/"3"`; taken from `meta.versionId` where the server sends no header."""
    last_modified: str | None = None
    location: str | None = field(default=None, repr=False)
    retry_after: float | None = None
    """Seconds from now, at most a day."""
    trouble: Trouble | None = None

    @property
    def ok(self) -> bool:
        return self.trouble is None and self.status is not None and 200 <= self.status < 300


def judged(status: int, headers: Mapping[str, str], raw: bytes, now: datetime) -> Answer:
    """What a whole HTTP answer is, by its status, headers (names in lower case) and bytes alone."""
    body, trouble = _body(status, headers, raw)
    return Answer(
        status=status,
        body=body,
        raw=raw,
        content_type=headers.get("content-type"),
        etag=headers.get("etag") or _version_of(body),
        last_modified=headers.get("last-modified"),
        location=headers.get("location") or headers.get("content-location"),
        retry_after=_seconds(headers.get("retry-after"), headers.get("date"), now),
        trouble=trouble,
    )


def expecting(answer: Answer, kind: str, resource_id: str | None = None) -> Answer:
    """The answer, if it is the resource that was asked for: a cache or a proxy that mixes up two answers must not show
    one patient's resource as another's."""
    if not answer.ok:
        return answer
    body = answer.body or {}
    fits = body.get("resourceType") == kind and resource_id in {None, body.get("id")}
    return answer if fits else replace(answer, trouble=Trouble.OTHER_THAN_ASKED)


def _body(status: int, headers: Mapping[str, str], raw: bytes) -> tuple[Json | None, Trouble | None]:
    if 300 <= status < 400 and status != 304:
        return None, Trouble.REDIRECTED
    if not raw:
        # A write that was asked to answer with nothing still says which version or place it made.
        said = status in _NO_BODY or (200 <= status < 300 and ("etag" in headers or "location" in headers))
        return None, None if said else Trouble.NOT_FHIR
    media_type, _, parameters = headers.get("content-type", "").partition(";")
    if media_type.strip().lower() not in _JSON_TYPES:
        return None, Trouble.NOT_FHIR
    if _another_version(parameters):
        return None, Trouble.WRONG_VERSION
    try:
        body = parsed(raw)
    except ValueError:
        return None, Trouble.NOT_FHIR
    return (body, None) if isinstance(body.get("resourceType"), str) else (None, Trouble.NOT_FHIR)


def _another_version(parameters: str) -> bool:
    """Whether `fhirVersion=…` is there and not R4's (https://hl7.org/fhir/R4/http.html#version-parameter)."""
    named = (one.partition("=") for one in parameters.split(";"))
    versions = [value.strip().strip('"') for name, _, value in named if name.strip().lower() == "fhirversion"]
    return any(version != "4.0" and not version.startswith("4.0.") for version in versions)


def _version_of(body: Json | None) -> str | None:
    meta = body.get("meta") if body else None
    version = meta.get("versionId") if isinstance(meta, dict) else None
    return f'W/"{version}"' if isinstance(version, str) and _VERSION_ID.fullmatch(version) else None


def _seconds(retry_after: str | None, date: str | None, now: datetime) -> float | None:
    """`Retry-After` in either form (RFC 9110, 10.2.3); a date counts from the server's own clock where it is told."""
    if retry_after is None:
        return None
    if retry_after.isascii() and retry_after.isdigit():
        return min(float(retry_after), _LONGEST_WAIT)
    due = _instant(retry_after)
    if due is None:
        return None
    return min(max((due - (_instant(date or "") or now)).total_seconds(), 0.0), _LONGEST_WAIT)


def _instant(text: str) -> datetime | None:
    try:
        read = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
