"""Chains as one unit: taken in together or not at all, read as one, with what breaks them and what would mend them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from adapter.delivery.values import Entry
from adapter.doors.answers import answer, not_kept, receipt_json, refusal
from adapter.doors.chain_state import members_of, parts_of, state_of
from adapter.doors.gateway import Gateway, caller_of, gateway, json_of
from adapter.doors.openapi import CHAIN, CHAIN_KEPT, CHAIN_SHOWN
from adapter.doors.regional import Key, is_theirs, refused, trace
from adapter.doors.steps import object_of
from adapter.outcomes import Refused
from mappings.problem import Problem, below
from mappings.region.booking import Booking
from mappings.region.reading import read, told
from mappings.rules.chain import breaches
from mappings.rules.visibility import PATIENTS, seen

router = APIRouter(default_response_class=Response)

MOST = 50
"""Contacts of one chain; all are of one day."""


@router.put(
    "/v1/chains/{source}/{id}",
    summary="Primary and secondary contacts, all or none",
    status_code=202,
    openapi_extra=CHAIN,
    responses=CHAIN_KEPT,
)
async def put_chain(request: Request, source: Key, id: Key) -> Response:  # noqa: A002  the name that the URL has
    at, caller = gateway(request), caller_of(request)
    messages = _read(await json_of(request), source, id, at)
    if isinstance(messages, Refused):
        return not_kept(request, messages)
    result = await at.intake.take_all(messages, caller, lambda every: _together(every, at), trace(request))
    if not isinstance(result, tuple):
        await refused(at, "booking", caller, result, trace(request))
        return not_kept(request, result)
    at.counting.messages.labels("booking", "accepted").inc(len(result))
    return answer({"source": source, "id": id, "receipts": [receipt_json(one.receipt) for one in result]}, 202)


@router.get("/v1/chains/{source}/{id}", summary="A chain as one, and what would mend it", responses=CHAIN_SHOWN)
async def show_chain(request: Request, source: Key, id: Key) -> Response:  # noqa: A002
    at, caller = gateway(request), caller_of(request)
    members = members_of(at, source, id)
    if not members or caller.audience in PATIENTS or not caller.may_read_of(source):
        return refusal(request, 404)
    patient_hash = at.intake.patient_hash(members[0].patient)
    if not is_theirs(at, caller, patient_hash):
        return refusal(request, 404)
    await at.ledger.note(Entry(caller.name, "chain.read", "shown", patient_hash, trace(request)))
    at.counting.reads.labels("booking", caller.audience.value).inc()
    shown = [body for one in members if (body := seen(one, caller.audience, at.clock(), at.catalogue))]
    return answer({"source": source, "id": id, "bookings": shown, **state_of(at, members)})


def _read(body: bytes, source: str, chain: str, at: Gateway) -> list[Booking] | Refused:
    """The bookings of the chain; else every error of form in them."""
    said = object_of(body, frozenset({"bookings"}))
    if isinstance(said, Refused):
        return said
    listed = said.get("bookings")
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST:
        return Refused((told("IN-9" if isinstance(listed, list) else "IN-8", "/bookings"),))
    messages, problems = [], []
    for index, one in enumerate(listed):
        got = read("booking", orjson.dumps(one), at.catalogue)
        problems += [below(problem, f"/bookings/{index}") for problem in got.problems]
        if got.message is not None:
            messages.append(got.message)
            problems += _of_this_chain(index, got.message, source, chain)
    numbers = [one.number for one in messages]
    problems += [told("IN-4", f"/bookings/{at}/number") for at, one in enumerate(numbers) if one in numbers[:at]]
    return Refused(tuple(problems)) if problems else messages


def _of_this_chain(index: int, booking: Booking, source: str, chain: str) -> Iterator[Problem]:
    if booking.source != source:
        yield told("IN-14", f"/bookings/{index}/source")
    if booking.chain is None or booking.chain.id != chain:
        yield Problem(
            "PS-1",
            f"/bookings/{index}/chain",
            "Bokningen hör inte till kedjan i adressen: sänd chain med kedjans id.",
            "The booking is not of the chain in the address: send chain with the chain's id.",
        )


def _together(every: Sequence[Any], at: Gateway) -> Iterator[Problem]:
    """What the contacts break together, each told at one of those that it concerns."""
    numbers = [one.number for one in every]
    for one in breaches(parts_of(every, at)):
        for number in one.numbers:
            yield Problem(one.rule, f"/bookings/{numbers.index(number)}/chain", one.sv, one.en)
