"""What a client accepts, sends and prefers: https://hl7.org/fhir/R4/http.html#mime-type."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from adapter.sandbox.outcome import refusal
from adapter.sandbox.search import Pairs

FHIR_JSON = "application/fhir+json"
FORM = "application/x-www-form-urlencoded"
FORMATS = ("json", FHIR_JSON, "application/json", "text/json")
"""What `_format` may say, and but for the first `Accept` and `Content-Type` too."""

_ANY = ("*/*", "application/*", "text/*")

Returns = Literal["", "minimal", "representation", "OperationOutcome"]


@dataclass(frozen=True, slots=True)
class Wishes:
    """`Prefer` and `_pretty`."""

    returns: Returns = ""
    lenient: bool = False
    """Unknown search parameters are to be left out: https://hl7.org/fhir/R4/search.html#errors."""
    pretty: bool = False


def wishes(prefer: str, query: Pairs) -> Wishes:
    returns, lenient = _preferences(prefer)
    return Wishes(returns, lenient, ("_pretty", "true") in query)


@lru_cache(512)
def _preferences(prefer: str) -> tuple[Returns, bool]:
    said = {part.strip().replace('"', "") for part in prefer.replace(";", ",").split(",")}
    returns: Returns = ""
    for choice in ("minimal", "representation", "OperationOutcome"):
        if f"return={choice}" in said:
            returns = choice
    return returns, "handling=lenient" in said


def check_format(accept: str, query: Pairs) -> None:
    """Refuses with 406 a client that takes no JSON, or not of R4. `_format` goes before `Accept`."""
    chosen = [value for name, value in query if name == "_format"]
    if not (all(map(_is_json, chosen)) if chosen else _accepts_json(accept)):
        raise refusal(406, "not-supported", f"This server speaks JSON of FHIR R4 only: {FHIR_JSON}")


def check_content_type(content_type: str, *allowed: str) -> None:
    """Refuses with 415 a body of another type, or of another version of FHIR."""
    if not _is_json(content_type, allowed or FORMATS[1:]):
        raise refusal(415, "not-supported", f"The body must be {' or '.join(allowed or FORMATS[1:])}")


@lru_cache(512)
def _accepts_json(accept: str) -> bool:
    """Also where nothing is said."""
    ranges = accept.split(",")
    return not accept.strip() or any(_is_json(one, FORMATS + _ANY) and not _excluded(one) for one in ranges)


def _excluded(media_range: str) -> bool:
    return any(part.replace(" ", "") in ("q=0", "q=0.0", "q=0.00", "q=0.000") for part in media_range.split(";")[1:])


@lru_cache(512)
def _is_json(media_type: str, allowed: tuple[str, ...] = FORMATS) -> bool:
    name, *parameters = (part.strip().lower() for part in media_type.replace(" json", "+json").split(";"))
    versions = [part.partition("=")[2] for part in parameters if part.startswith("fhirversion=")]
    charsets = [part.partition("=")[2].strip('"') for part in parameters if part.startswith("charset=")]
    return name in allowed and all(v == "4.0" for v in versions) and all(c in ("utf-8", "us-ascii") for c in charsets)
