"""What a patient asks for over an e-service, at the doors of the steps; and the door at which a source says no."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import TypeAdapter, ValidationError
from starlette.responses import Response

from adapter.delivery.values import Entry
from adapter.doors.answers import answer, not_kept, refusal
from adapter.doors.gateway import Forbidden, caller_of, gateway, json_of
from adapter.doors.openapi_steps import DECLINE, DECLINED
from adapter.doors.regional import Key, matches, trace
from adapter.doors.searches import patient_asked_for
from adapter.doors.steps import VERSIONS, object_of
from adapter.outcomes import Busy, Refused
from adapter.requesting import KIND, Asker, Found, NotNow, NotThere, Requesting
from adapter.security.caller import Caller
from mappings.problem import Json, Problem
from mappings.region.reading import fault_of, told
from mappings.region.request import Request as Asked
from mappings.region.request import RequestState, Wish
from mappings.region.values import Instant, Text
from mappings.rules.requests import MEMBERS, Wished, not_now
from mappings.rules.stepping import DOORS
from mappings.rules.visibility import projected

router = APIRouter(default_response_class=Response)

_MOMENT: TypeAdapter[Any] = TypeAdapter(Instant)
_TEXT: TypeAdapter[str] = TypeAdapter(Text)

ANSWERED = Problem(
    "IN-19",
    "/request",
    "Begäran är redan besvarad: läs i bokningen eller flödet hur den står.",
    "The request has been answered already: read in the booking or the feed how it stands.",
)


async def asked_for(request: Request, step: str, source: str, number: str) -> Response:
    """A step by a patient. One that the booking's `actions` do not show is refused with those that they show; a booking
    that she may not see is not there, whatever she asks for."""
    at, caller = gateway(request), caller_of(request)
    members = MEMBERS[step] if step in MEMBERS else VERSIONS | DOORS[step].members.keys()
    said = object_of(await json_of(request) or b"{}", members | {"patient", "at"})
    if isinstance(said, Refused):
        return not_kept(request, said)
    patient = patient_asked_for(said.get("patient"), caller, at)
    if isinstance(patient, Refused):
        return not_kept(request, patient)
    asker = Asker(caller, patient, source, number, trace(request))
    wished = _wished(step, said) if step in MEMBERS else None
    if isinstance(wished, Refused):
        return not_kept(request, wished)
    found = Requesting(at.intake).find(asker)
    expected = request.headers.get("if-match")
    if found is not None and expected is not None and not matches(expected, found.held.revision):
        return refusal(request, 412, (told("IN-11", ""),))
    result = await Requesting(at.intake).ask(wished, asker) if wished else _no_wish(found, step)
    if isinstance(result, Asked):
        at.counting.messages.labels("request", result.state.value).inc()
        status = 202 if result.state is RequestState.REQUESTED else 200
        return answer(_json(source, number, result, caller), status)
    return await _refused(request, step, asker, result)


def _no_wish(found: Found | None, step: str) -> NotThere | NotNow:
    return NotThere() if found is None else NotNow(not_now(step, found.may, found.asked))


def _wished(step: str, said: Json) -> Wished | Refused:
    """What is asked for; else what is wrong with its form."""
    faults, moments = [], {}
    for name in sorted(MEMBERS[step] | {"at"}):
        try:
            moments[name] = _MOMENT.validate_python(said[name])
        except KeyError:
            faults.append(told("IN-8", f"/{name}"))
        except ValidationError as error:
            faults.append(fault_of(error, f"/{name}"))
    return Refused(tuple(faults)) if faults else Wished(Wish(step), moments["at"], moments.get("start"))


async def _refused(request: Request, step: str, asker: Asker, result: NotThere | NotNow | Refused | Busy) -> Response:
    at = gateway(request)
    patient_hash = Requesting(at.intake).hash_of(asker)
    await at.ledger.note(Entry(asker.caller.name, f"booking.request.{step}", "refused", patient_hash, asker.trace_id))
    at.counting.messages.labels("request", "refused").inc()
    match result:
        case NotThere():
            return refusal(request, 404)
        case NotNow(problem=problem):
            return refusal(request, 409, (problem,))
        case _:
            return not_kept(request, result)


def _json(source: str, number: str, request: Asked, caller: Caller) -> Json:
    return {"source": source, "number": number, "request": projected(request, caller.audience)}


@router.post(
    "/v1/bookings/{source}/{number}/decline",
    summary="Say no to what a patient asks for",
    openapi_extra=DECLINE,
    responses=DECLINED,
)
async def decline(request: Request, source: Key, number: Key) -> Response:
    """The booking stays as it is, and the patient is shown that the answer is no, with `text` where it is given."""
    at, caller = gateway(request), caller_of(request)
    if not caller.may_write(source):
        raise Forbidden
    held = at.ledger.aggregate(KIND, source, number)
    if held is None:
        return refusal(request, 404)
    said = _declined(await json_of(request))
    if isinstance(said, Refused):
        return not_kept(request, said)
    kept = next((one for one in at.ledger.requests(KIND, source, number) if one.body["id"] == said["request"]), None)
    if kept is None:
        return refusal(request, 422, (told("IN-15", "/request"),))
    audit = Entry(caller.name, "booking.request.decline", "accepted", held.patient_hash, trace(request))
    declined = await Requesting(at.intake).decline(kept, said.get("text"), audit)
    if declined is None:
        return refusal(request, 409, (ANSWERED,))
    return answer(_json(source, number, declined, caller))


def _declined(body: bytes) -> Json | Refused:
    said = object_of(body or b"{}", frozenset({"request", "text"}))
    if isinstance(said, Refused):
        return said
    faults = [] if "request" in said else [told("IN-8", "/request")]
    for name in sorted(said):
        try:
            _TEXT.validate_python(said[name], strict=True)
        except ValidationError as error:
            faults.append(fault_of(error, f"/{name}"))
    return Refused(tuple(faults)) if faults else said
