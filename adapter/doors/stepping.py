"""Steps with a booking: a door for each of the table, what happened to it, and the feed of what others ask for."""

from __future__ import annotations

import re
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from adapter.delivery.values import Change, Entry, Recorded
from adapter.doors.answers import answer, not_kept, refusal
from adapter.doors.gateway import Forbidden, caller_of, gateway, json_of
from adapter.doors.history import of_server
from adapter.doors.openapi import AFTER, CHANGES, STEPPED, STEPPING, TIMELINE, step_body
from adapter.doors.regional import Key, is_theirs, matches, own_word, refused, trace, wait_of, waited
from adapter.doors.steps import after_step, said_of
from adapter.outcomes import Kept, Refused
from adapter.security.caller import Caller
from mappings.problem import Json
from mappings.region.booking import BookingStatus
from mappings.region.field import Audience
from mappings.region.reading import told
from mappings.rules.stepping import DOORS, repeats, unlawful
from mappings.rules.visibility import PATIENTS

router = APIRouter(default_response_class=Response)

LONGEST_POLL: Final = 25.0
"""Seconds that a reader of the feed may wait for something to come."""


def _stepping(step: str) -> None:
    async def take(request: Request, source: Key, number: Key) -> Response:
        return await _taken(request, step, source, number)

    router.add_api_route(
        f"/v1/bookings/{{source}}/{{number}}/{step}",
        take,
        methods=["POST"],
        summary=f"Take the step {step}",
        name=f"{step} a booking",
        status_code=202,
        openapi_extra=step_body(step) | STEPPING,
        responses=STEPPED,
    )


for _step in DOORS:
    _stepping(_step)


async def _taken(request: Request, step: str, source: str, number: str) -> Response:
    """The last accepted booking with a new version, as the step makes it, judged like any message."""
    at, caller = gateway(request), caller_of(request)
    if not caller.may_write(source):
        raise Forbidden
    held = at.ledger.aggregate("booking", source, number)
    if held is None:
        return refusal(request, 404)
    if (expected := request.headers.get("if-match")) is not None and not matches(expected, held.revision):
        return refusal(request, 412, (told("IN-11", ""),))
    said = said_of(step, await json_of(request), at.catalogue.sources[source])
    if isinstance(said, Refused):
        return not_kept(request, said)
    message = after_step(step, said, held, own_word(at, held), at.catalogue)
    if isinstance(message, Refused):
        return not_kept(request, message)
    if message.version == held.version and repeats(step, held.state, said):
        known = at.ledger.sent_as("booking", source, number, held.version)
        if known is not None:
            return await waited(request, Kept(known[0], repeated=True))
    why = unlawful(step, BookingStatus(held.state["status"])) if message.version > held.version else None
    if why is not None:
        return refusal(request, 409, (why,))
    result = await at.intake.take_message(message, caller, trace(request))
    if not isinstance(result, Kept):
        await refused(at, "booking", caller, result, trace(request))
        return not_kept(request, result)
    return await waited(request, result)


# -- what happened ---------------------------------------------------------------------------------------------------


@router.get("/v1/bookings/{source}/{number}/timeline", summary="Every step of a booking's life", responses=TIMELINE)
async def timeline(request: Request, source: Key, number: Key) -> Response:
    """As the ledger has kept it, and as the FHIR server's own history tells it; where the two differ, it is said."""
    at, caller = gateway(request), caller_of(request)
    held = at.ledger.aggregate("booking", source, number)
    if held is None or caller.audience in PATIENTS or not caller.may_read_of(source):
        return refusal(request, 404)
    if not is_theirs(at, caller, held.patient_hash):
        return refusal(request, 404)
    await at.ledger.note(Entry(caller.name, "booking.timeline", "shown", held.patient_hash, trace(request)))
    ours = [_step_json(one) for one in at.ledger.steps("booking", source, number)]
    body: Json = {"source": source, "number": number, "steps": ours}
    if request.query_params.get("server") == "true":
        theirs = await of_server(at, source, number)
        if theirs is None:
            return refusal(request, 503, Retry_After="5")
        body |= {"server": theirs, "agrees": _agree(ours, theirs)}
    return answer(body)


def _agree(ours: list[Json], theirs: list[Json]) -> bool:
    """Whether the server tells of the same steps in the same order, as far as they have been delivered."""
    told = [(one["step"], one["after"]) for one in theirs]
    return told == [(one["step"], one["after"]) for one in ours][: len(told)]


def _step_json(one: Recorded) -> Json:
    happened = one.happened
    said: Json = {
        "step": happened.name,
        "before": happened.before,
        "after": happened.after,
        "by": happened.by,
        "at": (happened.at or one.at).isoformat(),
        "reason": happened.reason,
        "revision": one.revision,
        "caller": one.caller,
        "recordedAt": one.at.isoformat(),
    }
    return {name: value for name, value in said.items() if value is not None}


# -- the feed --------------------------------------------------------------------------------------------------------


@router.get(
    "/v1/changes",
    summary="What became of messages, and what patients ask for",
    openapi_extra=AFTER,
    responses=CHANGES,
)
async def changes(request: Request) -> Response:
    """In the order in which it happened, after a place that an earlier answer gave; `Prefer: wait=20` waits."""
    at, caller = gateway(request), caller_of(request)
    sources, said = _sources(caller), request.query_params.get("after", "0")
    if not re.fullmatch(r"[0-9]{1,18}", said):
        return refusal(request, 422, (told("IN-9", "/after"),))
    after = int(said)
    seconds = wait_of(request, LONGEST_POLL)
    if seconds is None:
        lines = at.ledger.changes(after, sources)
    else:
        lines = await at.ledger.change_after(after, sources, seconds)
    told_of = [_change_json(one) for one in lines if caller.deals_in(one.kind)]
    return answer({"changes": told_of, "after": lines[-1].sequence if lines else after})


def _sources(caller: Caller) -> tuple[str, ...] | None:
    """Whose lines the caller reads: a source system its own, an operator all. Raises `Forbidden` for others."""
    if caller.audience is Audience.OPERATOR:
        return None
    if caller.audience is not Audience.SOURCE:
        raise Forbidden
    return tuple(sorted(caller.sources or ()))


def _change_json(one: Change) -> Json:
    return {
        "sequence": one.sequence,
        "what": one.what,
        "kind": one.kind,
        "source": one.source,
        "number": one.number,
        "at": one.at.isoformat(),
        **one.body,
    }
