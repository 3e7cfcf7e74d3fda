"""read, vread, history and search: https://hl7.org/fhir/R4/http.html#read and what follows there."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime

from sqlalchemy import Connection

from adapter.sandbox.answer import Answer, answer_with
from adapter.sandbox.bundles import count_only, history_of, searchset
from adapter.sandbox.instants import instant_text, moment
from adapter.sandbox.outcome import Refusal, refusal
from adapter.sandbox.paging import PAGE, Snapshot
from adapter.sandbox.references import ID
from adapter.sandbox.resource_types import SEARCH_PARAMS
from adapter.sandbox.search import Pairs, Summary, found, includes, pairs, read_count, read_search, read_summary, total
from adapter.sandbox.space import Space
from adapter.sandbox.stored import Stored, chosen, history, newest, numbered
from adapter.sandbox.trim import trimming


def get(
    space: Space,
    connection: Connection,
    base: str,
    path: list[str],
    query: Pairs,
    *,
    lenient: bool = False,
    if_none_match: str = "",
    if_modified_since: str = "",
) -> Answer:
    """What a GET of this path answers, as a request or inside a transaction. Refuses with 404 a path that there is not."""
    if path[0] not in SEARCH_PARAMS:
        raise refusal(404, "not-supported", "There is nothing here: the type is not hosted")
    match path:
        case [type_]:
            return search_answer(space, connection, base, type_, query, lenient=lenient)
        case [type_, id_, "_history"] if ID.fullmatch(id_):
            return history_answer(space, connection, base, type_, id_, query)
        case [type_, id_] if ID.fullmatch(id_):
            return _cut(read(connection, type_, id_, if_none_match, if_modified_since), type_, query, lenient=lenient)
        case [type_, id_, "_history", number] if ID.fullmatch(id_):
            return _cut(vread(connection, type_, id_, number), type_, query, lenient=lenient)
    raise refusal(404, "not-supported", "There is nothing here")


def _cut(answer: Answer, type_: str, query: Pairs, *, lenient: bool) -> Answer:
    """With `_elements` and `_summary`, the only parameters of a read."""
    elements: list[str] = []
    summary: Summary = "false"
    for name, value in query:
        match name:
            case "_elements":
                elements += value.split(",")
            case "_summary" if value != "count":
                summary = read_summary(value)
            case _ if not lenient:
                raise refusal(400, "not-supported", "A read takes _elements and _summary")
    cut = trimming(type_, elements, summary) if answer.content else None
    return replace(answer, content=cut(answer.content)) if cut else answer


def read(
    connection: Connection, type_: str, id_: str, if_none_match: str = "", if_modified_since: str = ""
) -> Answer:
    """Refuses with 404 what never was and with 410 what was deleted; 304 where the client has it already."""
    stored = newest(connection, type_, id_)
    if stored is None:
        raise _unknown()
    if stored.deleted:
        raise _gone(stored)
    if if_none_match:
        return answer_with(stored, 304) if stored.etag in if_none_match else answer_with(stored)
    if if_modified_since and not _later(stored, if_modified_since):
        return answer_with(stored, 304)
    return answer_with(stored)


def vread(connection: Connection, type_: str, id_: str, number: str) -> Answer:
    known = number.isascii() and number.isdigit() and len(number) < 18
    stored = numbered(connection, type_, id_, int(number)) if known else None
    if stored is None:
        raise _unknown()
    if stored.deleted:
        raise _gone(stored)
    return answer_with(stored)


def history_answer(space: Space, connection: Connection, base: str, type_: str, id_: str, query: Pairs) -> Answer:
    """Every version, the newest first, deletions too. Refuses with 404 what never was."""
    path = f"{type_}/{id_}/_history"
    if query and query[0][0] == PAGE:
        page = space.pages.page(query[0][1], path)
    else:
        page = space.pages.first(_history(space, connection, path, query))
    return Answer(content=history_of(base, page, chosen(connection, (version for _, version in page.hits))))


def _history(space: Space, connection: Connection, path: str, query: Pairs) -> Snapshot:
    type_, id_, _ = path.split("/")
    if newest(connection, type_, id_) is None:
        raise _unknown()
    count, since = space.settings.page_size, ""
    for name, value in query:
        match name:
            case "_count":
                count = read_count(value, space.settings.page_limit)
            case "_since":
                since = _instant(space, value)
            case _:
                raise refusal(400, "not-supported", "A history takes _count and _since")
    return Snapshot(path, [(0, pk) for pk in history(connection, type_, id_, since)], count)


def search_answer(
    space: Space, connection: Connection, base: str, type_: str, query: Pairs, *, lenient: bool = False
) -> Answer:
    """One page of the matches, with what is included because of them, and how many matches there are in all."""
    if query and query[0][0] == PAGE:
        page = space.pages.page(query[0][1], type_)
        search = read_search(space, base, type_, pairs(page.snapshot.query))
    else:
        search = read_search(space, base, type_, query, lenient=lenient)
        if search.summary == "count" or not search.count:
            return Answer(content=count_only(base, total(connection, search), type_, search.used))
        page = space.pages.first(Snapshot(type_, found(connection, search), search.count, search.used))
    matched = chosen(connection, (version for _, version in page.hits))
    included = chosen(connection, includes(connection, search, (pk for pk, _ in page.hits)))
    return Answer(content=searchset(base, page, matched, included, trimming(type_, search.elements, search.summary)))


def _instant(space: Space, value: str) -> str:
    since = moment(value.replace(" ", "+"), space.zone)
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


def _gone(stored: Stored) -> Refusal:
    return refusal(410, "deleted", "The resource was deleted", ETag=stored.etag)
