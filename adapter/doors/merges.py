"""`POST /v1/patients/merge` and `/v1/patients/unmerge`: two identities of one patient, never in a URL (Decided 8)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import TypeAdapter, ValidationError
from starlette.responses import Response

from adapter.doors.answers import not_kept, refusal
from adapter.doors.gateway import Gateway, caller_of, gateway, json_of
from adapter.doors.openapi import ACCEPTED, WAITING
from adapter.doors.openapi_schemas import MERGE, UNMERGE
from adapter.doors.regional import refused, trace, waited
from adapter.doors.steps import object_of
from adapter.merging import KIND, NOT_MERGED, Merge, Merging
from adapter.outcomes import Answer, Kept, Refused
from mappings.problem import Json
from mappings.region.people import Identity
from mappings.region.reading import told
from mappings.region.values import SourceKey
from mappings.rules.who import normal_identity

router = APIRouter(default_response_class=Response)

OF_MERGE = frozenset({"source", "id", "version", "from", "to"})
OF_PARTING = frozenset({"source", "id", "version"})

_KEY: TypeAdapter[str] = TypeAdapter(SourceKey)


@router.post(
    "/v1/patients/merge",
    status_code=202,
    summary="Merge two identities of a patient",
    openapi_extra=MERGE | WAITING,
    responses=ACCEPTED,
)
async def merge(request: Request) -> Response:
    """All that `from` has is moved to `to` in one commit; later messages that use `from` are filed under `to`."""
    at = gateway(request)
    said = _read(await json_of(request), OF_MERGE, at)
    if isinstance(said, Refused):
        return not_kept(request, said)
    return await _answered(request, await Merging(at.intake).merge(Merge(**said), caller_of(request), trace(request)))


@router.post(
    "/v1/patients/unmerge",
    status_code=202,
    summary="Undo a merge",
    openapi_extra=UNMERGE | WAITING,
    responses=ACCEPTED,
)
async def unmerge(request: Request) -> Response:
    """What the merge had moved goes back in one commit; what has come since stays."""
    at = gateway(request)
    said = _read(await json_of(request), OF_PARTING, at)
    if isinstance(said, Refused):
        return not_kept(request, said)
    merging = Merging(at.intake)
    kept = merging.kept(said["source"], said["id"], said["version"])
    if kept is None:
        return refusal(request, 422, (NOT_MERGED,))
    if said["version"] < kept.version:
        return refusal(request, 409, (told("IN-11", "/version"),))
    parting = Merge(kept.source, kept.id, said["version"], kept.left, kept.stays)
    return await _answered(request, await merging.part(parting, caller_of(request), trace(request)))


async def _answered(request: Request, result: Answer) -> Response:
    if isinstance(result, Kept):
        return await waited(request, result)
    await refused(gateway(request), KIND, caller_of(request), result, trace(request))
    return not_kept(request, result)


def _read(body: bytes, members: frozenset[str], at: Gateway) -> Json | Refused:
    """The members as a merge has them, `from` and `to` normalised; else what is wrong with each."""
    said = object_of(body, members)
    if isinstance(said, Refused):
        return said
    faults = [told("IN-8", f"/{name}") for name in sorted(members - said.keys())]
    faults += [told("IN-9", f"/{name}") for name in ("source", "id") if name in said and not _key(said[name])]
    if "source" in said and _key(said["source"]) and said["source"] not in at.catalogue.sources:
        faults.append(told("IN-14", "/source"))
    version = said.get("version", 0)
    if type(version) is not int or not 0 <= version < 2**63:
        faults.append(told("IN-9", "/version"))
    found: Json = {name: said.get(name) for name in ("source", "id", "version")}
    for member, name in (("from", "left"), ("to", "stays")):
        if member in said:
            identity = _identity(said[member], at)
            faults += [] if identity else [told("IN-9", f"/{member}")]
            found[name] = identity
    return Refused(tuple(faults)) if faults else found


def _key(value: Any) -> bool:
    try:
        _KEY.validate_python(value)
    except ValidationError:
        return False
    return True


def _identity(said: Any, at: Gateway) -> Identity | None:
    try:
        return normal_identity(Identity.model_validate(said), at.clock())
    except ValidationError:
        return None
