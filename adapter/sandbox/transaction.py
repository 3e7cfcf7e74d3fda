"""A Bundle of type transaction: https://hl7.org/fhir/R4/http.html#transaction."""

from __future__ import annotations

from typing import Any

from adapter.sandbox.answer import Answer, answer_with
from adapter.sandbox.bundles import transaction_response
from adapter.sandbox.changes import Change, Done, Method, asked
from adapter.sandbox.outcome import Refusal, refusal
from adapter.sandbox.reading import Fetch, get
from adapter.sandbox.resource_types import SEARCH_PARAMS
from adapter.sandbox.search import pairs
from adapter.sandbox.space import Session
from adapter.sandbox.writes import make
from mappings.problem import Json


def process(session: Session, bundle: Json, *, shows: bool) -> bytes:
    """Does all that the Bundle asks for, or nothing, inside one `Space.writing()`, and gives the transaction-response.

    `shows` puts what was written into it, as what was read always is.
    """
    listed = entries(bundle, session.base)
    done = iter(make(session, [one for one in listed if isinstance(one, Change)], transaction=True))
    answers = [
        (_fetched(session, one), True) if isinstance(one, Fetch) else (_written(next(done)), shows) for one in listed
    ]
    return transaction_response(session.base, answers, weak_tags=session.dialect.weak_tags_in_bundles)


def entries(bundle: Json, base: str) -> list[Change | Fetch]:
    """What the entries ask for, in their order.

    Refuses with 400 a Bundle of another type, and entries that are none.
    """
    if bundle.get("resourceType") != "Bundle":
        raise refusal(400, "invalid", "What is posted to the base is a Bundle")
    if bundle.get("type") != "transaction":
        raise refusal(400, "not-supported", "Only Bundles of type transaction are processed", "Bundle.type")
    listed = bundle.get("entry", [])
    if not isinstance(listed, list):
        raise refusal(400, "structure", "This is a list", "Bundle.entry")
    wanted = [_entry(entry, base, f"Bundle.entry[{n}]") for n, entry in enumerate(listed)]
    urls = [one.full_url for one in wanted if isinstance(one, Change) and one.full_url]
    if len(set(urls)) < len(urls):
        raise refusal(400, "invalid", "Two entries have the same fullUrl", "Bundle.entry.fullUrl")
    return wanted


def _entry(entry: Any, base: str, place: str) -> Change | Fetch:
    if not isinstance(entry, dict) or not isinstance(request := entry.get("request"), dict):
        raise refusal(400, "required", "Each entry of a transaction has a request", f"{place}.request")
    said = {name: value for name, value in request.items() if isinstance(value, str)}
    match said.get("method"):
        case "GET" | "HEAD":
            return _fetch(said, base, place)
        case "POST" | "PUT" | "DELETE" as method:
            return _change(method, entry, said, base, place)
        case "PATCH":
            raise refusal(400, "not-supported", "PATCH is not supported", f"{place}.request.method")
    raise refusal(400, "value", "The method is GET, HEAD, POST, PUT or DELETE", f"{place}.request.method")


def _url(said: dict[str, str], base: str) -> tuple[str, str]:
    """The path below the base, and the query."""
    path, _, query = said.get("url", "").removeprefix(base).removeprefix("/").partition("?")
    return path, query


def _fetch(said: dict[str, str], base: str, place: str) -> Fetch:
    path, query = _url(said, base)
    return Fetch(
        path=tuple(path.split("/")),
        query=pairs(query),
        if_none_match=said.get("ifNoneMatch", ""),
        if_modified_since=said.get("ifModifiedSince", ""),
        place=place,
    )


def _change(method: Method, entry: Json, said: dict[str, str], base: str, place: str) -> Change:
    path, query = _url(said, base)
    type_, _, id_ = path.partition("/")
    if type_ not in SEARCH_PARAMS:
        raise refusal(400, "not-supported", "The type is not hosted", f"{place}.request.url")
    content, full_url = entry.get("resource"), entry.get("fullUrl")
    condition = said.get("ifNoneExist") if method == "POST" else query or None
    return asked(
        Change(
            method=method,
            type=type_,
            id=id_,
            content=content if isinstance(content, dict) else {},
            criteria=None if condition is None else pairs(condition),
            if_match=said.get("ifMatch", ""),
            if_none_match=said.get("ifNoneMatch", ""),
            full_url=full_url if isinstance(full_url, str) else "",
            place=f"{place}.resource",
        )
    )


def _fetched(session: Session, fetch: Fetch) -> Answer:
    try:
        return get(session, fetch)
    except Refusal as refused:
        raise refused.at(fetch.place) from None


def _written(done: Done) -> Answer:
    if done.stored is None:
        return Answer(status=done.status)
    location = f"{done.stored.type}/{done.stored.id}/_history/{done.stored.number}"
    return answer_with(done.stored, done.status, **({} if done.stored.deleted else {"Location": location}))
