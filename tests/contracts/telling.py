"""Messages told in a contract, as the gateway tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from xml.etree import ElementTree

from mappings.contracts import Around, Contract, Said
from mappings.contracts.riv import document
from mappings.region.catalogue import Catalogue
from mappings.region.field import Audience
from mappings.rules.visibility import seen
from tests.region.sample import sample
from tests.rules.messages import NOW

REGION = sample()
TAKEN_IN = datetime.fromisoformat("2026-11-19T15:04:05+01:00")
LOG_ID = "6f1c1a52-8a6e-4f0f-9d7e-0a5a4d1b2c3d"


def told(
    contract: Contract,
    *messages: Any,
    audience: Audience = Audience.OPERATOR,
    now: datetime = NOW,
    region: Catalogue = REGION,
) -> list[Any]:
    """What the contract says of a patient's messages to a reader; None for each that it cannot say, nothing for one
    that she does not see."""
    viewer = contract.viewer(audience)
    shown = [(message, seen(message, viewer, now, region)) for message in messages]
    return contract.all_said(
        (
            body,
            Around(
                source=region.sources[message.source],
                units=region.units,
                now=now,
                audience=viewer,
                registered=TAKEN_IN,
                approved=seen(message, Audience.PATIENT, now, region) is not None,
                actions=tuple(body.get("actions", ())),
            ),
        )
        for message, body in shown
        if body is not None
    )


def said(contract: Contract, message: Any, **more: Any) -> tuple[Said, ...] | None:
    """What it says of one; None too where the reader does not see it."""
    every = told(contract, message, **more)
    return every[0] if every else None


def content(contract: Contract, message: Any, **more: Any) -> Any:
    """The first part of that. Raises AssertionError where there is none."""
    parts = said(contract, message, **more)
    assert parts is not None
    return parts[0].content


def xml(contract: Contract, *messages: Any, **more: Any) -> ElementTree.Element:
    """The response, read as its reader would."""
    items = [parts[0].content for parts in told(contract, *messages, **more) if parts]
    return ElementTree.fromstring(document(contract, items, LOG_ID))
