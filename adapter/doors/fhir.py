"""`/fhir`: any R4 client reads and searches through the gateway; bytes go on unchanged where nothing is rewritten.

For staff and systems only: patients get 403 until the mask of a later issue stands (Decided 9).
"""

from __future__ import annotations

import re

from fastapi import APIRouter, Request
from personnummer import personnummer
from starlette.responses import Response

from adapter.doors.answers import FHIR, answer, refusal
from adapter.doors.gateway import Forbidden, NotInScope, body_of, caller_of, gateway
from adapter.doors.openapi import METADATA
from adapter.security.caller import Caller
from adapter.security.scopes import Demand, reaches_further
from adapter.server.answer import Answer
from adapter.server.passthrough import Asked, forward
from mappings.problem import Json
from mappings.resources import SHAPES
from mappings.resources.patient import OF_PATIENT

router = APIRouter(default_response_class=Response)

READABLE = tuple(sorted({shape.kind for shape in SHAPES.values()}))
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
"""Those that are told in FHIR's words that here is only read; what HTTP has beside them is no place of ours."""
NOT_MODIFIED = 304
FORMS = {
    "ETag": re.compile(r'(?:W/)?"[A-Za-z0-9.\-]{1,64}"'),
    "Last-Modified": re.compile(r"[A-Za-z]{3}, [0-9]{2} [A-Za-z]{3} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT"),
    "Location": re.compile(r"[!-~]{1,2000}"),
}
EVERY_TYPE = Demand("*", "rs")
NOW_ONLY = OF_PATIENT
"""Read as they are now, never as they were: a server's old versions hold what a marking has taken away (PI-1)."""


@router.get("/fhir/metadata", summary="What the door does", tags=["FHIR"], responses=METADATA)
async def metadata(request: Request) -> Response:
    """A CapabilityStatement of what is passed on: reads and searches of the types that the gateway has shapes for."""
    caller_of(request)
    return answer(capability(gateway(request).clock().date().isoformat()), 200, FHIR)


async def passed_on(request: Request) -> Response:
    """A read or a search, as the server answers it. Raises what `caller_of` and `body_of` raise, and `Forbidden`.

    A route of Starlette's own: that of FastAPI, with nothing here for it to read or check, took a fifth of a read.
    """
    at, caller, path = gateway(request), caller_of(request), request.path_params["path"]
    if not caller.may_use_fhir:
        raise Forbidden
    kind, _, rest = path.partition("/")
    if (kind and kind not in READABLE) or (kind in NOW_ONLY and "/" in rest) or _tells_a_number(path):
        return refusal(request, 404)
    asked = Asked(
        method=request.method,
        path=path,
        query=request.scope["query_string"].decode("latin-1"),
        headers=request.headers,
        body=await body_of(request) if request.method == "POST" else b"",
        holder=caller.holder,
    )
    _see_to_reach(caller, asked)
    got = await forward(at.fhir, asked)
    at.counting.reads.labels("fhir", caller.audience.value).inc()
    return _handed_back(got)


def _see_to_reach(caller: Caller, asked: Asked) -> None:
    """A search that tells of other types than its own demands to read all. Raises `NotInScope`."""
    if caller.scopes is None or EVERY_TYPE.met(caller.scopes):
        return
    if reaches_further(asked.query) or reaches_further(asked.body.decode("latin-1")):
        raise NotInScope(f"{caller.level}/{EVERY_TYPE}")


def _tells_a_number(path: str) -> bool:
    """Nobody's number goes on to the server in a URL (Decided 8); as a resource's id it finds nothing anyhow."""
    return any(personnummer.valid(part) for part in path.split("/"))


def _handed_back(got: Answer) -> Response:
    """Of the server's headers those that have the form that they should: what it says of an error repeats values."""
    headers = {"Cache-Control": "no-store"}
    if got.ok or got.status == NOT_MODIFIED:
        named = {"ETag": got.etag, "Last-Modified": got.last_modified, "Location": got.location}
        headers |= {name: value for name, value in named.items() if value and FORMS[name].fullmatch(value)}
    if got.retry_after is not None:
        headers["Retry-After"] = str(max(1, round(got.retry_after)))
    return Response(got.raw, got.status or 502, headers=headers, media_type=got.content_type or FHIR)


def _done(kind: str, code: str) -> bool:
    return code != "vread" or kind not in NOW_ONLY


def capability(date: str) -> Json:
    """https://hl7.org/fhir/R4/capabilitystatement.html"""
    rows = [
        {
            "type": kind,
            "interaction": [{"code": code} for code in ("read", "vread", "search-type") if _done(kind, code)],
            "versioning": "versioned",
        }
        for kind in READABLE
    ]
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": date,
        "kind": "instance",
        "software": {"name": "Vårdbro"},
        "implementation": {
            "description": "Reads and searches go on to the FHIR server behind; search parameters are the server's."
        },
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "rest": [{"mode": "server", "resource": rows}],
    }
