"""`vardbro messages`: the ledger of a gateway, looked at and moved from beside it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from rich.text import Text

from adapter.cli.console import console, table, tell, write_json
from adapter.cli.exits import Code, Stop
from adapter.cli.serve import settings_of
from adapter.delivery import Entry, Ledger, MessageState, Receipt, Shown, ShownParcel
from adapter.delivery.database import file_of
from adapter.doors.answers import receipt_json
from adapter.region import catalogue
from adapter.settings import Settings
from mappings.problem import Json

T = TypeVar("T")

PAGE = 500
OPERATOR = "vardbro messages"
"""Who the audit says it was."""
UNKNOWN = "there is no message with that id in this ledger: vardbro messages list"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the ledger is."""

    region: Path | None
    data: Path | None
    database: str | None


def listed(place: Place, state: str | None, most: int, *, as_json: bool) -> Code:
    """The newest messages, oldest of them first."""

    async def work(ledger: Ledger) -> list[Receipt]:
        return list(deque(_receipts(ledger, MessageState(state) if state else None), maxlen=most))

    found = beside(place, work)
    if as_json:
        write_json([receipt_json(one) for one in found])
    else:
        _print(found)
    return Code.GOOD


def shown(place: Place, ids: Sequence[str], *, as_json: bool) -> Code:
    """All that is known of messages. Stops at an id that there is none of."""

    async def work(ledger: Ledger) -> list[Shown]:
        return [_there(ledger.show(one)) for one in ids]

    found = beside(place, work)
    if as_json:
        write_json([receipt_json(one.receipt) | {"parcels": list(map(_parcel_json, one.parcels))} for one in found])
    else:
        for one in found:
            _print_whole(one)
    return Code.GOOD


@dataclass(frozen=True, slots=True)
class Moved:
    """What was done to one message."""

    id: str
    receipt: Receipt | None
    """None where there is no such message."""
    changed: bool = False


def retried(place: Place, ids: Sequence[str], *, every: bool, as_json: bool) -> Code:
    """Parked messages go again, those that wait for their next try go now. Tells of each that it changes nothing of."""
    if every == bool(ids):
        raise Stop("give the ids of messages, or --all for every parked one")

    async def work(ledger: Ledger) -> list[Moved]:
        entry = Entry(OPERATOR, "message.retry", "asked")
        wanted = [one.id for one in _receipts(ledger, MessageState.PARKED)] if every else ids
        return [await _moved(ledger, one, ledger.retry(one, entry)) for one in wanted]

    found = beside(place, work)
    if every and not found:
        tell("no message is parked: there is nothing to retry")
    return _told(found, _NOT_RETRIED, as_json=as_json)


def parked(place: Place, ids: Sequence[str], *, as_json: bool) -> Code:
    """What is not yet on its way waits for `retry`. Tells of each that it changes nothing of."""

    async def work(ledger: Ledger) -> list[Moved]:
        entry = Entry(OPERATOR, "message.park", "asked")
        return [await _moved(ledger, one, ledger.park(one, entry)) for one in ids]

    return _told(beside(place, work), _NOT_PARKED, as_json=as_json)


async def _moved(ledger: Ledger, id_: str, moving: Awaitable[Receipt | None]) -> Moved:
    before = ledger.show(id_)
    receipt = await moving
    after = ledger.show(id_)
    return Moved(id_, receipt, before is not None and after is not None and before.parcels != after.parcels)


_NOT_RETRIED = {
    MessageState.ACCEPTED: "it is not parked, and goes when its turn comes (vardbro messages show)",
    MessageState.DELIVERING: "it is on its way already",
    MessageState.DELIVERED: "it is delivered already",
}
_NOT_PARKED = {
    MessageState.DELIVERING: "it is on its way already, and what is on its way is not stopped",
    MessageState.DELIVERED: "it is delivered already",
    MessageState.PARKED: "it is parked already",
}
"""Why nothing was changed, by the state that the message is in."""


def _told(found: Sequence[Moved], why: Mapping[MessageState, str], *, as_json: bool) -> Code:
    code, receipts = Code.GOOD, [one.receipt for one in found if one.receipt]
    if as_json:
        write_json([receipt_json(one) for one in receipts])
    elif receipts:
        _print(receipts)
    for one in found:
        if one.receipt is None:
            code = Code.USAGE
            tell(f"vardbro: {one.id}: {UNKNOWN}")
        elif not one.changed:
            code = max(code, Code.REFUSED)
            tell(f"vardbro: {one.id}: nothing was changed: {why.get(one.receipt.state, 'see vardbro messages show')}")
    return code


def beside(place: Place, work: Callable[[Ledger], Awaitable[T]]) -> T:
    """What is done with the ledger, beside a gateway that may be serving it. Stops where there is none."""
    settings = settings_at(place)
    region = catalogue(settings.region).region
    url = settings.database or f"sqlite:///{settings.data / 'ledger.db'}"
    if not file_of(url).is_file():
        raise Stop(f"{file_of(url)}: there is no ledger here; give the gateway's --data or --database")

    async def run() -> T:
        ledger = Ledger.beside(url, region)
        try:
            return await work(ledger)
        finally:
            await ledger.close()

    return asyncio.run(run())


def settings_at(place: Place) -> Settings:
    given = {"data": place.data, "database": place.database, "region": place.region}
    return settings_of({name: value for name, value in given.items() if value is not None})


def _receipts(ledger: Ledger, state: MessageState | None) -> Iterator[Receipt]:
    after = 0
    while page := ledger.list(state, after, PAGE):
        yield from page
        after = page[-1].sequence


def _there(found: T | None) -> T:
    if found is None:
        raise Stop(UNKNOWN)
    return found


def _parcel_json(parcel: ShownParcel) -> Json:
    return {
        "id": parcel.id,
        "state": parcel.state.value,
        "attempts": parcel.attempts,
        "due": parcel.due.isoformat(),
        "reason": parcel.reason,
        "waits": parcel.waits,
        "lanes": list(parcel.lanes),
        "needs": list(parcel.needs),
    }


COLOURS = {MessageState.DELIVERED: "green", MessageState.PARKED: "red"}


def _print(receipts: Sequence[Receipt]) -> None:
    shown_as = table("id", "state", "kind", "source", "number", "version", "tries", "why")
    for one in receipts:
        state = Text(one.state.value, COLOURS.get(one.state, ""))
        said = (one.server_said or {}).get("status")
        why = " ".join(part for part in (one.reason, f"(server: {said})" if said else None) if part)
        shown_as.add_row(one.id, state, one.kind, one.source, one.number, str(one.version), str(one.attempts), why)
    out = console()
    out.print(shown_as)
    out.print("1 message" if len(receipts) == 1 else f"{len(receipts)} messages")


def _print_whole(one: Shown) -> None:
    out = console()
    for name, value in receipt_json(one.receipt).items():
        if value not in (None, []):
            out.print(Text.assemble((f"{name:<17}", "bold"), _plain(value)), soft_wrap=True)
    parcels = table("parcel", "state", "tries", "due", "waits for", "lanes", "why")
    for parcel in one.parcels:
        cells = (str(parcel.id), parcel.state.value, str(parcel.attempts), f"{parcel.due:%Y-%m-%d %H:%M:%S}")
        parcels.add_row(*cells, str(parcel.waits), "\n".join(parcel.lanes), parcel.reason or "")
    out.print(parcels)


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_plain(item) for item in value)
    if isinstance(value, dict):
        return " ".join(str(value[name]) for name in ("rule", "path", "status") if value.get(name))
    return str(value)
