"""The waiting list (BO-19, BO-31): every booking that is planned, booked and not yet carried out, or missed, searched
by what care asks for, with the time waited explained (BO-20). From the ledger: the last accepted states."""

from __future__ import annotations

from typing import Final

import orjson
from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import Response

from adapter.beside import lost_by
from adapter.delivery.bodies import content_hash
from adapter.delivery.listings import FIRST, Page, Spot, Who
from adapter.delivery.values import Aggregate, Entry
from adapter.doors import paging
from adapter.doors.answers import answer, not_kept, refusal
from adapter.doors.gateway import Forbidden, Gateway, caller_of, gateway, json_of
from adapter.doors.openapi_waiting_list import WAITING_LIST, WAITING_LIST_FOUND
from adapter.doors.regional import trace
from adapter.doors.searches import identified
from adapter.outcomes import Refused
from adapter.security.caller import Caller
from mappings.problem import Json
from mappings.region.booking import Booking
from mappings.region.field import Audience
from mappings.region.reading import read
from mappings.region.waiting_list import WaitingListSearch
from mappings.rules.visibility import PATIENTS, seen
from mappings.rules.waiting_list import row, shown, sought

router = APIRouter(default_response_class=Response)

KIND: Final = "waiting-list"


@router.post(
    "/v1/waiting-list/search",
    summary="The waiting list, by what care asks for",
    openapi_extra=WAITING_LIST,
    responses=WAITING_LIST_FOUND,
)
async def waiting_list(request: Request) -> Response:
    """Sorted by target date. A caller finds the bookings of its sources; patients have no waiting list. The audit has a
    line for each patient who was shown."""
    at, caller = gateway(request), caller_of(request)
    if caller.audience in PATIENTS:
        raise Forbidden
    got = read(KIND, await json_of(request) or b"{}", at.catalogue)
    if got.message is None:
        return not_kept(request, Refused(got.problems))
    who = _who(got.message, caller, at)
    if isinstance(who, Refused):
        return not_kept(request, who)
    searched, now = paging.Searched(caller.name, KIND, _said(got.message)), at.clock()
    page = _page(got.message, searched, at)
    if page is None:
        return refusal(request, 400, (paging.NOT_OF_THIS_SEARCH,))
    found = at.ledger.search(sought(got.message), who, page)
    items = [item for one in found.rows if (item := _item(one, caller, at)) is not None]
    shown_to = dict.fromkeys([who.patient_hash, *(one.patient_hash for one in found.rows)])
    await at.ledger.note(*(Entry(caller.name, f"{KIND}.search", "shown", one, trace(request)) for one in shown_to))
    at.counting.reads.labels(KIND, caller.audience.value).inc()
    body: Json = {"items": items} | ({} if found.total is None else {"total": found.total})
    if found.last is not None:
        body["next"] = paging.sealed(at.intake.keys, searched, (str(found.last.rank), str(found.last.id), ""), now)
    return answer(body)


def _who(asked: WaitingListSearch, caller: Caller, at: Gateway) -> Who | Refused:
    """Whose bookings may be found: of the caller's sources, and of one patient where one is asked for."""
    sources = tuple(sorted(caller.sources or ())) if caller.audience is Audience.SOURCE else None
    if asked.patient is None:
        return Who(sources)
    identity = identified(asked.patient, at)
    return (
        identity if isinstance(identity, Refused) else Who(sources, at.intake.keys.patient(at.intake.current(identity)))
    )


def _said(asked: BaseModel) -> str:
    """What is asked for, so that a page of another search is known."""
    return content_hash(orjson.loads(asked.model_dump_json(exclude={"page", "count"})))


def _page(asked: WaitingListSearch, searched: paging.Searched, at: Gateway) -> Page | None:
    if asked.page is None:
        return Page(FIRST.after, asked.count)
    place = paging.unsealed(at.intake.keys, searched, asked.page, at.clock())
    return Page(Spot(int(place[0]), int(place[1])), asked.count) if place else None


def _item(held: Aggregate, caller: Caller, at: Gateway) -> Json | None:
    """A row as the caller may see it; None for what has left the list meanwhile."""
    booking, now = at.intake.held(held), at.clock()
    if not isinstance(booking, Booking):
        return None
    lost = lost_by(at.ledger.steps(held.kind, held.source, held.number))
    one = row(booking, at.catalogue.sources.get(held.source), now, lost)
    body = seen(booking, caller.audience, now, at.catalogue)
    return None if one is None or body is None else {**shown(one), "booking": body}
