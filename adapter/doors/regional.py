"""The regional API: journal systems push here, and learn what became of each message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from adapter.beside import word_of
from adapter.delivery.values import Aggregate, Entry
from adapter.doors import contracts
from adapter.doors.answers import answer, checked, kept, not_kept, receipt_json, refusal
from adapter.doors.chain_state import members_of, state_of
from adapter.doors.gateway import Gateway, caller_of, gateway, json_of
from adapter.doors.openapi import ACCEPTED, CHECKED, RECEIPT, WAITING, message_body, state
from adapter.outcomes import Busy, Checked, Conflict, Kept, NotKept, NotTheirs, Refused
from adapter.requesting import Requesting
from adapter.security.caller import Caller
from mappings.problem import Json, Problem
from mappings.rules.visibility import PATIENTS, seen

router = APIRouter(default_response_class=Response)

PLURAL: Mapping[str, str] = MappingProxyType(
    {
        "bookings": "booking",
        "care-events": "care-event",
        "named-contacts": "named-contact",
        "patients": "patient",
    }
)
"""What stands in URLs, and the kind of message that it holds."""

MEMBER: Mapping[str, str] = MappingProxyType(
    {"booking": "booking", "care-event": "careEvent", "named-contact": "namedContact", "patient": "card"}
)
"""The member of an answer that holds a message of a kind."""


Key: TypeAlias = Annotated[
    str, Path(json_schema_extra={"pattern": "^[A-Za-z0-9._~-]{1,64}$"}, description="As the source sent it")
]
"""A source's key in a URL. One that is none finds nothing."""

MessageId: TypeAlias = Annotated[str, Path(json_schema_extra={"format": "uuid"}, description="As the receipt told it")]


def _pushing(plural: str) -> None:
    kind = PLURAL[plural]

    async def push(request: Request) -> Response:
        at, caller = gateway(request), caller_of(request)
        result = await at.intake.take(kind, await json_of(request), caller, trace(request))
        if not isinstance(result, Kept):
            await refused(at, kind, caller, result, trace(request))
            return not_kept(request, result)
        at.counting.messages.labels(kind, "repeated" if result.repeated else "accepted").inc()
        return await waited(request, result)

    async def check(request: Request) -> Response:
        at = gateway(request)
        result = at.intake.check(kind, await json_of(request), caller_of(request))
        return checked(result) if isinstance(result, Checked) else not_kept(request, result)

    async def show(request: Request, source: Key, number: Key) -> Response:
        return await _shown(request, kind, source, number)

    name = plural.replace("-", " ")
    router.add_api_route(
        f"/v1/{plural}",
        push,
        methods=["POST"],
        summary=f"Push one of the {name}",
        status_code=202,
        openapi_extra=message_body(kind) | WAITING,
        responses=ACCEPTED,
    )
    router.add_api_route(
        f"/v1/{plural}/check",
        check,
        methods=["POST"],
        summary="Judge and map, keep nothing",
        openapi_extra=message_body(kind),
        responses=CHECKED,
    )
    router.add_api_route(
        f"/v1/{plural}/{{source}}/{{number}}",
        show,
        methods=["GET"],
        summary="State, revision and receipt, by the source's own key",
        responses=state(kind, MEMBER[kind]),
    )


for _plural in PLURAL:
    _pushing(_plural)


@router.get("/v1/messages/{id}", summary="What became of a message", responses=RECEIPT)
async def message(request: Request, id: MessageId) -> Response:  # noqa: A002  the name that the URL has
    at, caller = gateway(request), caller_of(request)
    receipt = at.ledger.receipt(id)
    if receipt is None or caller.audience in PATIENTS or not caller.may_read_of(receipt.source):
        return refusal(request, 404)
    if caller.patient is not None or not caller.deals_in(receipt.kind):
        return refusal(request, 404)
    return answer(receipt_json(receipt, at.courier.standstill), ETag=f'W/"{receipt.revision}"')


async def _shown(request: Request, kind: str, source: str, number: str) -> Response:
    at, caller = gateway(request), caller_of(request)
    held = at.ledger.aggregate(kind, source, number)
    if held is None or not caller.may_read_of(source) or not is_theirs(at, caller, held.patient_hash):
        return refusal(request, 404)
    asked, message = contracts.asked(request, kind, caller), at.intake.held(held)
    asked_for = Requesting(at.intake).of(kind, source, number) if asked.contract is None else []
    told_of = seen(message, asked.audience, at.clock(), at.catalogue, asked_for)
    if told_of is None:
        return refusal(request, 404)
    at.counting.reads.labels(kind, caller.audience.value).inc()
    await at.ledger.note(Entry(caller.name, f"{kind}.read", "shown", held.patient_hash, trace(request)))
    revision = f'W/"{held.revision}"'
    if asked.contract is not None:
        shown = contracts.Shown(message, told_of, asked.audience, held.accepted_at)
        return contracts.answered(asked.contract, at, [shown], trace(request), whole=False, ETag=revision)
    body: Json = {MEMBER[kind]: told_of, "revision": held.revision}
    if caller.audience not in PATIENTS and (chain := held.state.get("chain")):
        body["chain"] = state_of(at, members_of(at, source, chain["id"]))
    found = at.ledger.sent_as(kind, source, number, held.version)
    if found and caller.audience not in PATIENTS:
        body["receipt"] = receipt_json(found[0], at.courier.standstill)
    return answer(body, ETag=revision)


def own_word(at: Gateway, held: Aggregate) -> Json:
    """The patient as this source last had it: a marking that only another has sent is not its own word."""
    word = word_of(at.ledger.words(held.patient_hash), held.source) if held.patient_hash else None
    return word.body if word else held.state["patient"]


def is_theirs(at: Gateway, caller: Caller, patient_hash: str | None) -> bool:
    """Who may ask about one patient is shown hers alone; a portal asks by search."""
    if caller.patient is None:
        return caller.audience not in PATIENTS
    return at.intake.keys.patient(at.intake.current(caller.patient)) == patient_hash


def wait_of(request: Request, longest: float) -> float | None:
    """How long (seconds) the caller would wait (`Prefer: wait=5`, RFC 7240), and no longer than that; None for not."""
    found = re.search(r"\bwait=([0-9]+)\b", request.headers.get("prefer", ""))
    return min(float(found[1]), longest) if found else None


async def waited(request: Request, result: Kept) -> Response:
    """`Prefer: wait=5`: the receipt as it is when delivered, or when the time is up (RFC 7240)."""
    at = gateway(request)
    seconds = wait_of(request, at.settings.longest_wait)
    if seconds is None:
        return kept(result.receipt, at.courier.standstill, waited=False)
    receipt = await at.ledger.delivered(result.receipt.id, seconds) or result.receipt
    return kept(receipt, at.courier.standstill, waited=True)


async def refused(at: Gateway, kind: str, caller: Caller, result: NotKept, trace_id: str) -> None:
    at.counting.messages.labels(kind, type(result).__name__.lower()).inc()
    for problem in _problems(result):
        if problem.refuses:
            at.counting.refusals.labels(kind, problem.rule).inc()
    if isinstance(result, NotTheirs):
        await at.ledger.note(Entry(caller.name, f"{kind}.write", "refused", None, trace_id))


def _problems(result: NotKept) -> tuple[Problem, ...]:
    match result:
        case Refused(problems=problems):
            return problems
        case NotTheirs(problem=problem) | Conflict(problem=problem):
            return (problem,)
        case Busy():
            return ()


def matches(expected: str, revision: int) -> bool:
    """Whether `If-Match` names this revision (RFC 9110, 13.1.1); weakness counts for nothing, since it is a number."""
    return expected.strip() == "*" or str(revision) in re.findall(r'"([0-9]{1,18})"', expected)


def trace(request: Request) -> str:
    """A W3C trace id, if one was sent in its proper form (https://www.w3.org/TR/trace-context/)."""
    found = re.match(r"^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$", request.headers.get("traceparent", ""))
    return found[1] if found else ""
