"""A group as one: rebooked or cancelled whole, and a member moved to another group visit, all or nothing (GR-3)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import orjson
from fastapi import APIRouter, Request
from pydantic import TypeAdapter, ValidationError
from starlette.responses import Response

from adapter.delivery.values import Aggregate
from adapter.doors.answers import answer, not_kept, receipt_json, refusal
from adapter.doors.gateway import Forbidden, Gateway, caller_of, gateway, json_of
from adapter.doors.openapi_steps import GROUP_KEPT, MEMBER, group_body
from adapter.doors.regional import Key, own_word, refused, trace
from adapter.doors.steps import after_step, object_of, of_the_step
from adapter.outcomes import Kept, NotKept, Refused
from mappings.problem import Json, Problem, below
from mappings.region.booking import Booking, BookingStatus
from mappings.region.reading import Message, fault_of, read, told
from mappings.region.values import Instant
from mappings.resources.outline import outline
from mappings.rules.group import OVER, not_moved, not_whole
from mappings.rules.life import LIFE
from mappings.rules.stepping import DOORS, OF_GROUP, Door, repeats

router = APIRouter(default_response_class=Response)

MOST: Final = 1_000
"""Members that are moved in one commit."""

_MOMENT: TypeAdapter[datetime] = TypeAdapter(Instant)
_PLACE = re.compile(r"/bookings/([0-9]+)")


def _stepping(step: str) -> None:
    async def take(request: Request, source: Key, id: Key) -> Response:  # noqa: A002  the name that the URL has
        return await _taken(request, step, source, id)

    router.add_api_route(
        f"/v1/groups/{{source}}/{{id}}/{step}",
        take,
        methods=["POST"],
        summary=f"Take the step {step} with a whole group",
        name=f"{step} a group",
        status_code=202,
        openapi_extra=group_body(step),
        responses=GROUP_KEPT,
    )


for _step in OF_GROUP:
    _stepping(_step)


async def _taken(request: Request, step: str, source: str, group: str) -> Response:
    """Every booking that the group has at its time becomes what the step makes of it, in one commit, or none does."""
    at, caller = gateway(request), caller_of(request)
    if not caller.may_write(source):
        raise Forbidden
    said = _of_whole(step, await json_of(request), at, source)
    if isinstance(said, Refused):
        return not_kept(request, said)
    members = said.pop("members")
    held = {one.number: one for number in members if (one := at.ledger.aggregate("booking", source, number))}
    made = await _made(at, OF_GROUP[step], said, members, held)
    if isinstance(made, Refused):
        return not_kept(request, made)
    if len(held) == len(members) and (before := _before(at, step, said, held, made)):
        return _kept(source, group, before)
    standing = _standing(at, source, group, said["from"])
    if not standing:
        return refusal(request, 404)
    if problems := tuple(not_whole(standing.keys(), members.keys())):
        return refusal(request, 422, problems)
    why = [LIFE.unlawful(step, BookingStatus(one.columns.status or "")) for one in standing.values()]
    if unlawful_ones := tuple(dict.fromkeys(filter(None, why))):
        return refusal(request, 409, unlawful_ones)
    result = await at.intake.take_all(list(made.values()), caller, lambda _: (), trace(request))
    places = [f"/members/{number.replace('~', '~0')}" for number in made]
    return await _answered(request, result, lambda problem: _told_of_member(OF_GROUP[step], problem, places))


async def _made(
    at: Gateway, door: Door, said: Json, members: Mapping[str, Json], held: Mapping[str, Aggregate]
) -> dict[str, Message] | Refused:
    """Each booking as it becomes; else what is wrong, once."""
    made, problems = dict[str, Message](), dict[Problem, None]()
    for number, one in held.items():
        await asyncio.sleep(0)
        message = after_step(door, said | members[number], one, own_word(at, one), at.catalogue)
        if isinstance(message, Refused):
            problems |= dict.fromkeys(message.problems)
        else:
            made[number] = message
    return Refused(tuple(problems)) if problems else made


def _of_whole(step: str, body: bytes, at: Gateway, source: str) -> Json | Refused:
    """What was told of a whole group, `from` as a moment and each member with its version; else what is wrong."""
    door = OF_GROUP[step]
    demanded = door.demanded | {"from", "members"}
    said = object_of(body or b"{}", demanded | door.members.keys())
    if isinstance(said, Refused):
        return said
    faults = [told("IN-8", f"/{name}") for name in sorted(demanded - said.keys())]
    if "from" in said:
        try:
            said["from"] = _MOMENT.validate_python(said["from"])
        except ValidationError as error:
            faults.append(fault_of(error, "/from"))
    members = said.get("members", {})
    if not isinstance(members, dict):
        faults.append(told("IN-2", "/members"))
    elif "members" in said and not 0 < len(members) <= MOST:
        faults.append(told("IN-9", "/members"))
    if faults:
        return Refused(tuple(faults))
    known = at.catalogue.sources.get(source)
    version = "changedAt" if known and known.changed_at else "version"
    return said | {"members": {number: {version: one} for number, one in members.items()}}


def _standing(at: Gateway, source: str, group: str, start: datetime) -> dict[str, Aggregate]:
    """The bookings that the group has at a time, by number."""
    found = at.ledger.tied_at("booking", _tie(source, group), start)
    return {one.number: one for one in found if BookingStatus(one.columns.status or "") not in OVER}


def _tie(source: str, group: str) -> tuple[str, str]:
    return ("group", f"{source}/{group}")


def _before(
    at: Gateway, step: str, said: Json, held: Mapping[str, Aggregate], made: Mapping[str, Message]
) -> list[Kept]:
    """The receipts of a step that was taken before and is told once more; none where it was not."""
    kept = []
    for number, one in held.items():
        known = at.ledger.sent_as("booking", one.source, number, one.version)
        if known is None or made[number].version != one.version or not repeats(OF_GROUP[step], one.state, said):
            return []
        kept.append(Kept(known[0], repeated=True))
    return kept


def _told_of_member(door: Door, problem: Problem, places: Sequence[str]) -> Problem:
    """Where the body has it: what every member has in common in its own place, the rest below its member."""
    found = _PLACE.match(problem.path)
    inside = replace(problem, path=problem.path[found.end() :]) if found else problem
    shared = of_the_step(door, inside)
    return shared if shared is not inside or not found else below(inside, places[int(found[1])])


def _kept(source: str, group: str, every: Iterable[Kept]) -> Response:
    return answer({"source": source, "id": group, "receipts": [receipt_json(one.receipt) for one in every]}, 202)


async def _answered(request: Request, result: tuple[Kept, ...] | NotKept, placed: Any) -> Response:
    at, caller, path = gateway(request), caller_of(request), request.path_params
    if isinstance(result, tuple):
        at.counting.messages.labels("booking", "accepted").inc(len(result))
        return _kept(path["source"], path["id"], result)
    if isinstance(result, Refused):
        result = Refused(tuple(dict.fromkeys(map(placed, result.problems))))
    await refused(at, "booking", caller, result, trace(request))
    return not_kept(request, result)


# -- one member ------------------------------------------------------------------------------------------------------

OF_MEMBER = frozenset({"number", "reason", "at", "booking"})
_CANCEL = DOORS["cancel"]


@router.post(
    "/v1/groups/{source}/{id}/move",
    status_code=202,
    summary="Move a member of a group to another group visit",
    openapi_extra=MEMBER,
    responses=GROUP_KEPT,
)
async def move(request: Request, source: Key, id: Key) -> Response:  # noqa: A002
    """Her booking in the group is cancelled, not back to the waiting list, and the new one is taken in, in one
    commit."""
    at, caller = gateway(request), caller_of(request)
    if not caller.may_write(source):
        raise Forbidden
    said = _of_member(await json_of(request))
    if isinstance(said, Refused):
        return not_kept(request, said)
    held = at.ledger.aggregate("booking", source, said["number"])
    if held is None or _tie(source, id) not in outline(at.intake.held(held)).ties:
        return refusal(request, 404)
    new = read("booking", orjson.dumps(said["booking"]), at.catalogue)
    told_of: Json = {name: said[name] for name in ("reason", "at", "version", "changedAt") if name in said}
    old = after_step(_CANCEL, told_of | {"backToWaitingList": False}, held, own_word(at, held), at.catalogue)
    if new.message is None or not isinstance(old, Booking):
        faults = old.problems if isinstance(old, Refused) else ()
        return not_kept(request, Refused((*faults, *(below(one, "/booking") for one in new.problems))))
    if problems := tuple(not_moved(old, new.message)):
        return refusal(request, 422, problems)
    known = at.ledger.sent_as("booking", source, held.number, held.version)
    if known and old.version == held.version and repeats(_CANCEL, held.state, told_of):
        result = await at.intake.take_all([new.message], caller, lambda _: (), trace(request))
        both = (Kept(known[0], repeated=True), *result) if isinstance(result, tuple) else result
        return await _answered(request, both, lambda one: _told_of_move(one, of_old=False))
    if why := LIFE.unlawful("cancel", BookingStatus(held.state["status"])):
        return refusal(request, 409, (why,))
    result = await at.intake.take_all([old, new.message], caller, lambda _: (), trace(request))
    return await _answered(request, result, lambda one: _told_of_move(one, of_old=one.path.startswith("/bookings/0")))


def _of_member(body: bytes) -> Json | Refused:
    said = object_of(body or b"{}", OF_MEMBER | {"version", "changedAt"})
    if isinstance(said, Refused):
        return said
    faults = [told("IN-8", f"/{name}") for name in sorted(OF_MEMBER - said.keys())]
    for name, kind in (("number", str), ("booking", dict)):
        if name in said and not isinstance(said[name], kind):
            faults.append(told("IN-2", f"/{name}"))
    return Refused(tuple(faults)) if faults else said


def _told_of_move(problem: Problem, *, of_old: bool) -> Problem:
    inside = replace(problem, path=_PLACE.sub("", problem.path, count=1))
    return of_the_step(_CANCEL, inside) if of_old else below(inside, "/booking")
