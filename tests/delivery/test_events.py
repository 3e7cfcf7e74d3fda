from __future__ import annotations

import ast
import logging
from pathlib import Path

import pytest
from structlog.testing import capture_logs

import adapter.delivery
from adapter.delivery import Ledger, MessageState, Packed, Parcel, Word
from adapter.delivery.events import FIELDS, Event, tell
from adapter.sandbox.trigger import TRIGGER
from adapter.server.client import FhirClient
from mappings.shape.filled import Filled
from tests.delivery.material import carried, content, filled, message, settled, taken, visit

PLANTED = "191212121212"


def test_every_event_says_its_level_and_fields() -> None:
    assert set(FIELDS) == set(Event)
    with capture_logs() as logged:
        for event, (_, fields) in FIELDS.items():
            tell(event, **dict.fromkeys(fields, "x"))
    assert [(one["event"], one["log_level"]) for one in logged] == [(event.value, FIELDS[event][0]) for event in FIELDS]


def test_a_field_outside_the_catalogue_is_refused() -> None:
    with pytest.raises(TypeError, match="payload"):
        tell(Event.BACK, payload="x")


def test_nothing_in_delivery_logs_past_the_catalogue() -> None:
    for file in Path(adapter.delivery.__file__).parent.glob("*.py"):
        if file.name != "events.py":
            names = {node.id for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Name)}
            assert not names & {"logging", "structlog", "print", "_logger"}, file.name


@pytest.mark.anyio
async def test_nothing_of_a_person_is_in_logs_receipts_and_addresses(
    ledger: Ledger, client: FhirClient, caplog: pytest.LogCaptureFixture
) -> None:
    """A value is planted in keys, bodies, words and in what the gateway itself stumbles over, and searched for."""

    def broken(parcel: Parcel) -> tuple[Filled, ...]:
        if parcel.resources[0].key.value == "broken":
            raise RuntimeError(PLANTED)
        return parcel.resources

    word = Word("S", {"number": PLANTED})
    trouble = [{"system": TRIGGER, "value": "422"}]
    sent = [
        message("B-1", 1, Packed(("a",), (filled("Patient", PLANTED),)), patient_hash="h", word=word),
        message("B-2", 1, Packed(("b",), (visit("refused", PLANTED, identifier=trouble),))),
        message("B-3", 1, Packed(("c",), (visit("broken", PLANTED),))),
    ]
    caplog.set_level(logging.DEBUG)
    with capture_logs() as logged:
        receipts = [await taken(ledger, one) for one in sent]
        async with carried(ledger, client, content(before_send=broken)):
            found = await settled(ledger, receipts)
    assert [one.state for one in found] == [MessageState.DELIVERED, MessageState.PARKED, MessageState.PARKED]
    assert {"courier.started", "parcel.delivered", "parcel.parked", "parcel.broken"} <= {one["event"] for one in logged}
    for text in (repr(logged), caplog.text, repr(found), repr([ledger.show(one.id) for one in found]), repr(sent)):
        assert PLANTED not in text
