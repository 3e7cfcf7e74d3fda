"""Parts that stand in several resources."""

from __future__ import annotations

from typing import Any

from mappings.codes.systems import PARTICIPATION, UCUM, extension
from mappings.codes.tables import CONTACT_SYSTEM
from mappings.problem import Json
from mappings.region.people import Way, Weekday
from mappings.resources import keys
from mappings.shape.codec import CLOCK, DIGITS, FLAG, TEXT, exact, plain
from mappings.shape.template import Coding, Each, Echo, Hole


def ext(name: str, value: str, what: Any) -> Json:
    """One of our extensions with a single value: `ext("acute", "valueBoolean", …)`."""
    return {"url": extension(name), value: what}


def sub(name: str, value: str, what: Any) -> Json:
    """A part of a complex extension."""
    return {"url": name, value: what}


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("texts")
    return tuple(value)


TEXTS = plain(list, _texts)

VERSION = ext("source-version", "valueString", Hole("version", DIGITS))
"""The source's version; a string, since R4 has no 64-bit integer."""


_UNITS = {"D": "d", "W": "wk", "M": "mo", "Y": "a"}


def _quantity(interval: str) -> Json:
    return {"value": int(interval[1:-1]), "system": UCUM, "code": _UNITS[interval[-1]]}


def _interval(quantity: Any) -> str:
    units = {code: letter for letter, code in _UNITS.items()}
    match quantity:
        case {"value": int(value), "system": system, "code": str(code)} if (
            system == UCUM and code in units and 0 < value <= 9999
        ):
            return f"P{value}{units[code]}"
    raise ValueError("interval")


INTERVAL = plain(_quantity, _interval)
"""A period of the calendar as a UCUM quantity: `P84D` is 84 d."""


def person_name(prefix: str) -> Json:
    """A HumanName whose parts are fields of `prefix`."""
    return {
        "use": "official",
        "text": Hole(f"{prefix}.text", TEXT),
        "family": Hole(f"{prefix}.family", TEXT),
        "given": Hole(f"{prefix}.given", TEXTS),
    }


_HOURS = {
    "url": "hours",
    "extension": [
        Each("days", sub("day", "valueCode", Hole("", exact(Weekday)))),
        sub("opens", "valueTime", Hole("opens", CLOCK)),
        sub("closes", "valueTime", Hole("closes", CLOCK)),
    ],
}


def contact_ways(field: str) -> Each:
    """ContactPoints with what R4's lack: whether the patient may see it, and hours of their own (FK-7, FK-8)."""
    return Each(
        field,
        {
            "extension": [
                {
                    "url": extension("contact-way"),
                    "extension": [
                        sub("way", "valueCode", Hole("way", exact(Way))),
                        sub("shownToPatient", "valueBoolean", Hole("shown_to_patient", FLAG)),
                        Each("hours", _HOURS, key=("days", "opens", "closes")),
                    ],
                }
            ],
            "system": Echo(lambda way, _: CONTACT_SYSTEM[way.way]),
            "value": Hole("value", TEXT),
        },
        key=("way", "value"),
        by={"extension": [{"url": extension("contact-way")}]},
    )


def participant_type(*further: Any) -> list[Any]:
    """Who owns the visit, known by its code: order carries no meaning."""
    return [{"coding": [{"system": PARTICIPATION, "code": Hole("owner", keys.OWNER)}, *further]}]


def line_extension(*further: Any) -> Json:
    """What a line says that a FHIR participant has no element for."""
    return {
        "url": extension("line"),
        "extension": [
            sub("number", "valueString", Hole("number", TEXT)),
            sub("profession", "valueCoding", Coding("profession", "professions")),
            *further,
        ],
    }


LINE = {"extension": [{"url": extension("line")}]}
"""What every participant that is a line of ours carries."""
