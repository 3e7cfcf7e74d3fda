"""What the service contracts of RIV-TA have in common: identifiers, codes, times, contact ways, and XML.

Types of the domain schemas at https://rivta.se: `IIType` {root, extension}, `CVType` {code, codeSystem, displayName},
`TimeStampType` (YYYYMMDDhhmmss) and `DateType` (YYYYMMDD), which carry no zone and mean Europe/Stockholm.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from xml.etree import ElementTree

from mappings.codes.tables import CONTACT_SYSTEM
from mappings.contracts.contract import Contract, of, written
from mappings.problem import Json
from mappings.region.people import IdentityKind, Weekday
from mappings.region.unit import Unit
from mappings.shape.codec import TEXT, in_stockholm
from mappings.shape.template import Each, Echo, Hole

# OIDs as the contracts' documents name them
HSA = "1.2.752.129.2.1.4.1"
BEFATTNING = "1.2.752.129.2.2.1.4"
FIXED_CONTACT = "1.2.752.129.5.1.69"
CONTACT_POINT_SYSTEM = "2.16.840.1.113883.4.642.1.72"
ADDRESS_TYPE = "2.16.840.1.113883.4.642.3.69"
SNOMED_SE = "1.2.752.116.2.1.1"
PATIENT_ID = {
    IdentityKind.PERSONNUMMER: "1.2.752.129.2.1.3.1",
    IdentityKind.SAMORDNINGSNUMMER: "1.2.752.129.2.1.3.3",
    IdentityKind.RESERVIDENTITET: "1.2.752.74.9.1",
}

WEEKDAYS = {
    Weekday.MON: "Monday",
    Weekday.TUE: "Tuesday",
    Weekday.WED: "Wednesday",
    Weekday.THU: "Thursday",
    Weekday.FRI: "Friday",
    Weekday.SAT: "Saturday",
    Weekday.SUN: "Sunday",
}


def timestamp(moment: datetime) -> str:
    """`TimeStampType`: what Swedish clocks showed then."""
    return in_stockholm(moment).strftime("%Y%m%d%H%M%S")


def _clock(clock: time) -> str:
    return clock.strftime("%H%M%S")


def _day(day: date) -> str:
    return day.strftime("%Y%m%d")


DAY = written(_day)
CLOCK = written(_clock)
WEEKDAY = written(lambda day: WEEKDAYS[day])


def hsa(extension: Hole | Echo) -> Json:
    """An HSA-id as `IIType`."""
    return {"root": HSA, "extension": extension}


def patient_id() -> Json:
    """The patient's identity as `IIType`."""
    return {
        "root": of("patient.identity.kind", lambda _, kind: PATIENT_ID.get(kind)),
        "extension": Hole("patient.identity.value", TEXT),
    }


def whole_name(_: Any, text: str | None, given: Iterable[str], family: str | None) -> str:
    """A name in one line: as it was sent, else made of its parts."""
    return text or " ".join(filter(None, (*given, family)))


def contact_ways(field: str) -> Each:
    """`ContactPointSystemType`, one for each way, with its hours as `HoursOfServiceType`."""
    return Each(
        field,
        {
            "system": {
                "code": of("way", lambda _, way: CONTACT_SYSTEM[way]),
                "codeSystem": CONTACT_POINT_SYSTEM,
            },
            "value": Hole("value", TEXT),
            "period": [
                Each(
                    "hours",
                    {
                        "weekDay": [Each("days", Hole("", WEEKDAY))],
                        "time": {"start": Hole("opens", CLOCK), "end": Hole("closes", CLOCK)},
                    },
                    key=("opens",),
                )
            ],
        },
        key=("value",),
    )


def phone(field: str) -> Json:
    """A number as `ContactPointSystemType`."""
    return {"system": {"code": "phone", "codeSystem": CONTACT_POINT_SYSTEM}, "value": Hole(field, TEXT)}


def address(unit: Unit | None) -> str | None:
    """A unit's address as it is written on an envelope, in one text."""
    if unit is None:
        return None
    town = " ".join(filter(None, (unit.postal_code, unit.town)))
    return "\n".join(filter(None, (unit.street, town))) or None


# -- XML ------------------------------------------------------------------------------------------------------------

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write (https://www.w3.org/TR/xml/#charsets)."""


def document(contract: Contract, items: Iterable[Json], log_id: str) -> bytes:
    """The body of a response in UTF-8: its items, and then what the contract says of it as a whole.

    The response and what stands directly in it are of the first namespace, all else of the second. Raises ValueError
    for a contract that is not XML.
    """
    if contract.namespaces is None:
        raise ValueError("not XML")
    outer, inner = contract.namespaces
    root = ElementTree.Element(f"{{{outer}}}{contract.name}Response")
    for content in items:
        _put(ElementTree.SubElement(root, f"{{{outer}}}{contract.item}"), content, inner)
    for element, content in contract.result(log_id).items():
        _put(ElementTree.SubElement(root, f"{{{outer}}}{element}"), content, inner)
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _put(element: ElementTree.Element, content: Any, namespace: str) -> None:
    if isinstance(content, dict):
        for name, value in content.items():
            for one in value if isinstance(value, list) else [value]:
                _put(ElementTree.SubElement(element, f"{{{namespace}}}{name}"), one, namespace)
    elif isinstance(content, bool):
        element.text = "true" if content else "false"
    else:
        element.text = _NO_XML.sub("\ufffd", str(content).replace("\r\n", "\n").replace("\r", "\n"))
