"""Steps with bookings and care events: a door for each of the tables, what happened, and the feed."""

from __future__ import annotations

import re
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from adapter.delivery.claims import Holder
from adapter.delivery.values import Change, Entry, Recorded
from adapter.doors.answers import answer, not_kept, refusal
from adapter.doors.gateway import Forbidden, caller_of, gateway, json_of
from adapter.doors.history import of_server
from adapter.doors.openapi import AFTER, CHANGES
from adapter.doors.openapi_steps import STEPPING, TIMELINE, step_body, stepped
from adapter.doors.regional import PLURAL, Key, is_theirs, matches, own_word, refused, trace, wait_of, waited
from adapter.doors.requests import asked_for
from adapter.doors.steps import after_step, said_of
from adapter.outcomes import Kept, Refused
from adapter.requesting import Requesting
from adapter.security.caller import Caller
from mappings.problem import Json
from mappings.region.field import Audience
from mappings.region.reading import told
from mappings.rules.lives import LIVES
from mappings.rules.stepping import repeats
from mappings.rules.visibility import PATIENTS, projected

router = APIRouter(default_response_class=Response)

LONGEST_POLL: Final = 25.0
"""Seconds that a reader of the feed may wait for something to come."""


def _stepping(plural: str, kind: str, step: str) -> None:
    async def take(request: Request, source: Key, number: Key) -> Response:
        return await _taken(request, Holder(kind, source, number), step)

    router.add_api_route(
        f"/v1/{plural}/{{source}}/{{number}}/{step}",
        take,
        methods=["POST"],
        summary=f"Take the step {step}",
        name=f"{step} a {kind}",
        status_code=202,
        openapi_extra=step_body(kind, step) | STEPPING,
        responses=stepped(kind, step),
    )


async def _taken(request: Request, holder: Holder, step: str) -> Response:
    """The last accepted state with a new version, as the step makes it, judged like any message. Of a patient it is a
    request."""
    at, caller, (kind, source, number) = gateway(request), caller_of(request), holder
    life, door = LIVES[kind], LIVES[kind].doors[step]
    if caller.audience in PATIENTS and kind == "booking":
        return await asked_for(request, step, source, number)
    if not caller.may_write(source):
        raise Forbidden
    held = at.ledger.aggregate(kind, source, number)
    if held is None:
        return refusal(request, 404)
    if (expected := request.headers.get("if-match")) is not None and not matches(expected, held.revision):
        return refusal(request, 412, (told("IN-11", ""),))
    said = said_of(door, await json_of(request), at.catalogue.sources[source])
    if isinstance(said, Refused):
        return not_kept(request, said)
    why = life.unlawful(step, held.state["status"])
    message = after_step(door, said, held, own_word(at, held), at.catalogue)
    if isinstance(message, Refused):
        return refusal(request, 409, (why,)) if why else not_kept(request, message)
    if message.version == held.version and repeats(door, held.state, said):
        known = at.ledger.sent_as(kind, source, number, held.version)
        if known is not None:
            return await waited(request, Kept(known[0], repeated=True))
    if why is not None and message.version > held.version:
        return refusal(request, 409, (why,))
    result = await at.intake.take_message(message, caller, trace(request))
    if not isinstance(result, Kept):
        await refused(at, kind, caller, result, trace(request))
        return not_kept(request, result)
    return await waited(request, result)


# -- what happened ---------------------------------------------------------------------------------------------------


def _telling(plural: str, kind: str) -> None:
    async def timeline(request: Request, source: Key, number: Key) -> Response:
        """As the ledger has kept it, and as the FHIR server's own history tells it; where the two differ, it is
        said. Of a booking, with what the patient has asked for meanwhile."""
        return await _timeline(request, Holder(kind, source, number))

    router.add_api_route(
        f"/v1/{plural}/{{source}}/{{number}}/timeline",
        timeline,
        methods=["GET"],
        summary="Every step of its life",
        name=f"timeline of a {kind}",
        responses=TIMELINE,
    )


async def _timeline(request: Request, holder: Holder) -> Response:
    at, caller, (kind, source, number) = gateway(request), caller_of(request), holder
    held = at.ledger.aggregate(kind, source, number)
    if held is None or caller.audience in PATIENTS or not caller.may_read_of(source):
        return refusal(request, 404)
    if not is_theirs(at, caller, held.patient_hash):
        return refusal(request, 404)
    await at.ledger.note(Entry(caller.name, f"{kind}.timeline", "shown", held.patient_hash, trace(request)))
    ours = [_step_json(one) for one in at.ledger.steps(kind, source, number)]
    body: Json = {"source": source, "number": number, "steps": ours}
    if kind == "booking":
        asked = Requesting(at.intake).of(kind, source, number)
        body["requests"] = [projected(one, caller.audience) for one in asked]
    if request.query_params.get("server") == "true":
        theirs = await of_server(at, holder)
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


for _plural, _kind in PLURAL.items():
    if _kind in LIVES:
        for _step in LIVES[_kind].doors:
            _stepping(_plural, _kind, _step)
        _telling(_plural, _kind)


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
