"""Invariants of Bundle, and what its page says of `fullUrl`.  https://hl7.org/fhir/R4/bundle.html"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mappings.problem import Json

from .invariant import Invariant, has
from .primitives import ABSOLUTE


def _entries(bundle: Json) -> Iterator[Json]:
    yield from bundle.get("entry", ())


def _request_where_due(bundle: Json) -> bool:
    due = bundle.get("type") in ("batch", "transaction", "history")
    return all(("request" in entry) == due for entry in _entries(bundle))


def _response_where_due(bundle: Json) -> bool:
    due = bundle.get("type") in ("batch-response", "transaction-response", "history")
    return all(("response" in entry) == due for entry in _entries(bundle))


def _own_addresses(bundle: Json) -> bool:
    if bundle.get("type") == "history":
        return True
    named = [entry for entry in _entries(bundle) if "fullUrl" in entry]
    found = {(entry["fullUrl"], entry.get("resource", {}).get("meta", {}).get("versionId")) for entry in named}
    return len(found) == len(named)


def _addresses_given(bundle: Json) -> bool:
    may_lack = bundle.get("type") in ("batch", "transaction", "batch-response", "transaction-response")
    return may_lack or all("fullUrl" in entry for entry in _entries(bundle))


def _address_fits(entry: Json) -> bool:
    address, resource = entry.get("fullUrl"), entry.get("resource", {})
    if address is None:
        return True
    if address.startswith(("http:", "https:")) and "id" in resource:
        return bool(address.endswith(f"/{resource['resourceType']}/{resource['id']}"))
    return ABSOLUTE.fullmatch(address) is not None


def _document(bundle: Json) -> bool:
    return bundle.get("type") == "document"


def _starts_with(bundle: Json, kind: str) -> bool:
    first = next(_entries(bundle), {})
    return bool(first.get("resource", {}).get("resourceType") == kind)


OF_BUNDLES: Final = (
    Invariant(
        "bdl-1",
        ("Bundle",),
        lambda b: not has(b, "total") or b.get("type") in ("searchset", "history"),
        "total får bara anges i searchset och history.",
        "total may only be given in a searchset or history.",
    ),
    Invariant(
        "bdl-2",
        ("Bundle",),
        lambda b: b.get("type") == "searchset" or not any("search" in e for e in _entries(b)),
        "entry.search får bara anges i searchset.",
        "entry.search may only be given in a searchset.",
    ),
    Invariant(
        "bdl-3",
        ("Bundle",),
        _request_where_due,
        "entry.request ska anges i batch, transaction och history och ingen annanstans.",
        "entry.request must be given in a batch, transaction or history, and nowhere else.",
    ),
    Invariant(
        "bdl-4",
        ("Bundle",),
        _response_where_due,
        "entry.response ska anges i svar och history och ingen annanstans.",
        "entry.response must be given in a response or history, and nowhere else.",
    ),
    Invariant(
        "bdl-5",
        ("Bundle.entry",),
        lambda e: not {"resource", "request", "response"}.isdisjoint(e),
        "Ett entry ska ha resource, request eller response.",
        "An entry must have a resource, a request or a response.",
    ),
    Invariant("bdl-7", ("Bundle",), _own_addresses, "fullUrl ska vara unik.", "fullUrl must be unique."),
    Invariant(
        "bdl-8",
        ("Bundle.entry",),
        lambda e: "/_history/" not in e.get("fullUrl", ""),
        "fullUrl får inte peka på en version.",
        "fullUrl may not point to a version.",
    ),
    Invariant(
        "bdl-9",
        ("Bundle",),
        lambda b: not _document(b) or {"system", "value"} <= b.get("identifier", {}).keys(),
        "Ett dokument ska ha identifierare med system och värde.",
        "A document must have an identifier with system and value.",
    ),
    Invariant(
        "bdl-10",
        ("Bundle",),
        lambda b: not _document(b) or "timestamp" in b,
        "Ett dokument ska ha timestamp.",
        "A document must have a timestamp.",
    ),
    Invariant(
        "bdl-11",
        ("Bundle",),
        lambda b: not _document(b) or _starts_with(b, "Composition"),
        "Ett dokument ska börja med en Composition.",
        "A document must start with a Composition.",
    ),
    Invariant(
        "bdl-12",
        ("Bundle",),
        lambda b: b.get("type") != "message" or _starts_with(b, "MessageHeader"),
        "Ett meddelande ska börja med en MessageHeader.",
        "A message must start with a MessageHeader.",
    ),
    Invariant(
        "",
        ("Bundle",),
        _addresses_given,
        "Varje entry ska ha fullUrl, utom i batch och transaction.",
        "Every entry must have a fullUrl, but in a batch or transaction.",
    ),
    Invariant(
        "",
        ("Bundle.entry",),
        _address_fits,
        "fullUrl ska vara absolut och sluta på resursens typ och id.",
        "fullUrl must be absolute and end in the type and id of the resource.",
    ),
)
