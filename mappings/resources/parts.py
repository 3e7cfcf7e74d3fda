"""Parts that stand in several resources."""

from __future__ import annotations

from typing import Any

from mappings.codes.systems import HSA, PARTICIPATION, extension
from mappings.codes.tables import CONTACT_SYSTEM
from mappings.problem import Json
from mappings.region.people import Way, Weekday
from mappings.resources import keys
from mappings.shape.codec import CLOCK, DIGITS, FLAG, TEXT, exact, plain
from mappings.shape.compiled import getter
from mappings.shape.key import Key
from mappings.shape.template import Coding, Context, Each, Echo, Hole


def ext(name: str, value: str, what: Any) -> Json:
    """One of our extensions with a single value: `ext("acute", "valueBoolean", …)`."""
    return {"url": extension(name), value: what}


def sub(name: str, value: str, what: Any) -> Json:
    """A part of a complex extension."""
    return {"url": name, value: what}


def care_service(booking: Any, context: Context) -> Json | None:
    """The owner's care service as a Coding: it decides for the visit (Decided 16)."""
    code = booking.owner.care_service
    if code is None:
        return None
    coding = {"system": context.vocabulary.system("care-services"), "code": code}
    display = context.vocabulary.display("care-services", code)
    return coding | ({"display": display} if display else {})


def patient_reference(whole: Any, _: Context) -> str:
    return keys.patient_key(whole.patient.identity).text


def performing_organization(whole: Any, _: Context) -> str | None:
    return Key("Organization", HSA, whole.performing_unit).text if whole.performing_unit else None


def _money(amount: int) -> Json:
    return {"value": amount, "currency": "SEK"}


def _kronor(money: Any) -> int:
    match money:
        case {"value": int(value), "currency": "SEK"} if type(value) is int and len(money) == 2:
            return value
    raise ValueError("money")


KRONOR = plain(_money, _kronor)
"""An amount in whole kronor as Money."""


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("texts")
    return tuple(value)


TEXTS = plain(list, _texts)

VERSION = ext("source-version", "valueString", Hole("version", DIGITS))
"""The source's version; a string, since R4 has no 64-bit integer."""


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


def identified(prefix: str, field: str) -> Json:
    """A reference by identifier to something of the same source: it may come later, or live elsewhere."""
    get = getter(field)
    system = Echo(lambda whole, _: prefix + whole.source if get(whole) is not None else None)
    return {"identifier": {"system": system, "value": Hole(field, TEXT)}}


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
