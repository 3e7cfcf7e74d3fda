"""read, vread, history and search: https://hl7.org/fhir/R4/http.html#read and what follows there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime

from adapter.sandbox.answer import Answer, answer_with
from adapter.sandbox.bundles import count_only, history_of, searchset
from adapter.sandbox.instants import instant_text, moment
from adapter.sandbox.outcome import Refusal, refusal
from adapter.sandbox.paging import PAGE, Page, Snapshot
from adapter.sandbox.references import ID
from adapter.sandbox.resource_types import SEARCH_PARAMS
from adapter.sandbox.search import (
    Pairs,
    Summary,
    found,
    included,
    pairs,
    read_count,
    read_search,
    read_summary,
    total,
)
from adapter.sandbox.space import Session
from adapter.sandbox.stored import Stored, chosen, history, newest, numbered
from adapter.sandbox.trim import trimming


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """A GET, as a request of its own or as an entry of a transaction."""

    path: tuple[str, ...]
    query: Pairs
    if_none_match: str = ""
    if_modified_since: str = ""
    lenient: bool = False
    place: str = ""
    """Where it stands in the request, as a FHIRPath; empty when it is the request."""


def get(session: Session, fetch: Fetch) -> Answer:
    """Refuses with 404 a path that there is not, and what never was; with 410 what was deleted."""
    if fetch.path[0] not in SEARCH_PARAMS:
        raise refusal(404, "not-supported", "There is nothing here: the type is not hosted")
    match fetch.path:
        case (type_,):
            return _search(session, type_, fetch)
        case (type_, id_) if ID.fullmatch(id_):
            return _cut(_read(session, type_, id_, fetch), type_, fetch)
        case (type_, id_, "_history") if ID.fullmatch(id_):
            return _history(session, type_, id_, fetch.query)
        case (type_, id_, "_history", number) if ID.fullmatch(id_):
            return _cut(_vread(session, type_, id_, number), type_, fetch)
    raise refusal(404, "not-supported", "There is nothing here")


def _read(session: Session, type_: str, id_: str, fetch: Fetch) -> Answer:
    """304 where the client has it already."""
    stored = _there(newest(session.connection, type_, id_))
    if fetch.if_none_match:
        unchanged = stored.etag in fetch.if_none_match
    else:
        unchanged = bool(fetch.if_modified_since) and not _later(stored, fetch.if_modified_since)
    return answer_with(stored, 304 if unchanged else 200)


def _vread(session: Session, type_: str, id_: str, number: str) -> Answer:
    known = number.isascii() and number.isdigit() and len(number) < 18
    return answer_with(_there(numbered(session.connection, type_, id_, int(number)) if known else None))


def _there(stored: Stored | None) -> Stored:
    if stored is None:
        raise _unknown()
    if stored.deleted:
        raise refusal(410, "deleted", "The resource was deleted", ETag=stored.etag)
    return stored


def _cut(answer: Answer, type_: str, fetch: Fetch) -> Answer:
    """With `_elements` and `_summary`, the only parameters of a read."""
    elements: list[str] = []
    summary: Summary = "false"
    for name, value in fetch.query:
        match name:
            case "_elements":
                elements += value.split(",")
            case "_summary" if value != "count":
                summary = read_summary(value)
            case _ if not fetch.lenient:
                raise refusal(400, "not-supported", "A read takes _elements and _summary")
    cut = trimming(type_, elements, summary)
    return replace(answer, content=cut(answer.content)) if cut else answer


def _history(session: Session, type_: str, id_: str, query: Pairs) -> Answer:
    """Every version, the newest first, deletions too."""
    path = f"{type_}/{id_}/_history"
    page = _asked_page(session, path, query)
    if page is None:
        count, since = session.space.settings.page_size, ""
        for name, value in query:
            match name:
                case "_count":
                    count = read_count(value, session.space.settings.page_limit)
                case "_since":
                    since = _instant(session, value)
                case _:
                    raise refusal(400, "not-supported", "A history takes _count and _since")
        if newest(session.connection, type_, id_) is None:
            raise _unknown()
        versions = [(0, pk) for pk in history(session.connection, type_, id_, since)]
        page = session.space.pages.first(Snapshot(path, versions, count))
    listed = chosen(session.connection, (version for _, version in page.hits))
    return Answer(content=history_of(session.base, page, listed))


def _search(session: Session, type_: str, fetch: Fetch) -> Answer:
    """One page of the matches, with what is included because of them, and how many matches there are in all."""
    page = _asked_page(session, type_, fetch.query)
    if page:
        search = read_search(session, type_, pairs(page.snapshot.query))
    else:
        search = read_search(session, type_, fetch.query, lenient=fetch.lenient)
        if search.summary == "count" or not search.count:
            return Answer(content=count_only(session.base, total(session, search), type_, search.used))
        page = session.space.pages.first(Snapshot(type_, found(session, search), search.count, search.used))
    cut = trimming(type_, search.elements, search.summary)
    matched = chosen(session.connection, (version for _, version in page.hits))
    others = chosen(session.connection, included(session, search, (pk for pk, _ in page.hits)))
    return Answer(content=searchset(session.base, page, matched, others, cut))


def _asked_page(session: Session, path: str, query: Pairs) -> Page | None:
    """The page that a page link leads to."""
    return session.space.pages.page(query[0][1], path) if query and query[0][0] == PAGE else None


def _instant(session: Session, value: str) -> str:
    since = moment(value.replace(" ", "+"), session.space.zone)
    if since is None:
        raise refusal(400, "value", "_since is an instant")
    return instant_text(since)


def _later(stored: Stored, http_date: str) -> bool:
    """Whether it was written after this HTTP date, which knows whole seconds only; so of one that cannot be read."""
    try:
        return datetime.fromisoformat(stored.updated).replace(microsecond=0) > parsedate_to_datetime(http_date)
    except (ValueError, TypeError):
        return True


def _unknown() -> Refusal:
    return refusal(404, "not-found", "There is no such resource")
