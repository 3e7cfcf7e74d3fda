"""Invariants of the data types: Period, Extension, Identifier, quantities, Timing …  https://hl7.org/fhir/R4/datatypes.html"""

from __future__ import annotations

from typing import Final

from mappings.problem import Json

from .invariant import Holds, Invariant, excludes, has, has_choice, needs
from .periods import in_order
from .primitives import ABSOLUTE

UCUM: Final = "http://unitsofmeasure.org"
QUANTITIES: Final = ("Quantity", "SimpleQuantity", "Age", "Count", "Distance", "Duration")
OUTER_EXTENSION: Final = "Extension (outer)"
"""An extension that does not stand in another one: its `url` must be absolute."""
NO_VALUE: Final = frozenset(("id", "url", "extension", "_id", "_url"))


def _period(value: Json) -> bool:
    start, end = value.get("start"), value.get("end")
    return start is None or end is None or in_order(start, end)


def _extension(value: Json) -> bool:
    has_value = not value.keys() <= NO_VALUE
    return ("extension" in value) != has_value


def _absolute_url(value: Json) -> bool:
    return "url" not in value or ABSOLUTE.fullmatch(value["url"]) is not None


def _absolute_system(value: Json) -> bool:
    return "system" not in value or ABSOLUTE.fullmatch(value["system"]) is not None


def _uri_as_value(value: Json) -> bool:
    is_uri = value.get("system") == "urn:ietf:rfc:3986" and "value" in value
    return not is_uri or ABSOLUTE.fullmatch(value["value"]) is not None


def _in_ucum(value: Json) -> bool:
    """A quantity with a value has a code, and its system, if given, is UCUM."""
    return (has(value, "code") or "value" not in value) and value.get("system", UCUM) == UCUM


def _age(value: Json) -> bool:
    return _in_ucum(value) and value.get("value", 1) > 0


def _count(value: Json) -> bool:
    return _in_ucum(value) and value.get("code", "1") == "1" and type(value.get("value", 1)) is int


def _duration(value: Json) -> bool:
    return not has(value, "code") or (value.get("system") == UCUM and "value" in value)


def _ratio(value: Json) -> bool:
    both = ("numerator" in value) == ("denominator" in value)
    return both and ("numerator" in value or "extension" in value)


def _low_to_high(value: Json) -> bool:
    low, high = value.get("low", {}), value.get("high", {})
    comparable = all(low.get(part) == high.get(part) for part in ("system", "code", "unit"))
    return not (comparable and "value" in low and "value" in high) or bool(low["value"] <= high["value"])


def _offset(value: Json) -> bool:
    when = value.get("when", ())
    return "offset" not in value or (bool(when) and not {"C", "CM", "CD", "CV"} & set(when))


def _not_negative(element: str) -> Holds:
    return lambda value: value.get(element, 0) >= 0


def _trigger(value: Json) -> bool:
    kind = value.get("type", "")
    needed = {"named-event": "name", "periodic": "timing"}.get(kind, "data" if kind.startswith("data-") else "")
    return not needed or has_choice(value, needed)


OF_TYPES: Final = (
    Invariant(
        "per-1",
        ("Period",),
        _period,
        "start får inte ligga efter end, och det ska gå att avgöra.",
        "start may not be after end, and it must be possible to tell.",
    ),
    Invariant(
        "cpt-2",
        ("ContactPoint",),
        needs("value", "system"),
        "Ett värde kräver system.",
        "A value needs a system.",
    ),
    Invariant(
        "ext-1",
        ("Extension",),
        _extension,
        "Ett tillägg ska ha antingen ett värde eller egna tillägg.",
        "An extension must have either a value or extensions of its own.",
    ),
    Invariant(
        "att-1",
        ("Attachment",),
        needs("data", "contentType"),
        "Data kräver contentType.",
        "Data needs a contentType.",
    ),
    Invariant(
        "qty-3",
        QUANTITIES,
        needs("code", "system"),
        "En enhetskod kräver system.",
        "A code of a unit needs its system.",
    ),
    Invariant(
        "age-1",
        ("Age",),
        _age,
        "Ett värde ska vara positivt och ha kod ur UCUM.",
        "A value must be positive and have a code from UCUM.",
    ),
    Invariant(
        "cnt-3",
        ("Count",),
        _count,
        "Ett antal ska vara ett heltal med koden 1 ur UCUM.",
        "A count must be a whole number with the code 1 from UCUM.",
    ),
    Invariant(
        "dis-1",
        ("Distance",),
        _in_ucum,
        "Ett värde ska ha kod ur UCUM.",
        "A value must have a code from UCUM.",
    ),
    Invariant(
        "drt-1",
        ("Duration",),
        _duration,
        "En kod ska vara ur UCUM och ha ett värde.",
        "A code must be from UCUM and have a value.",
    ),
    Invariant(
        "rat-1",
        ("Ratio",),
        _ratio,
        "Täljare och nämnare ska anges båda, eller ersättas av ett tillägg.",
        "Numerator and denominator must both be given, or an extension instead.",
    ),
    Invariant(
        "rng-2", ("Range",), _low_to_high, "low får inte vara större än high.", "low may not be greater than high."
    ),
    Invariant(
        "drq-1",
        ("DataRequirement.codeFilter",),
        lambda f: has(f, "path") != has(f, "searchParam"),
        "Ange path eller searchParam, inte båda.",
        "Give a path or a searchParam, not both.",
    ),
    Invariant(
        "drq-2",
        ("DataRequirement.dateFilter",),
        lambda f: has(f, "path") != has(f, "searchParam"),
        "Ange path eller searchParam, inte båda.",
        "Give a path or a searchParam, not both.",
    ),
    Invariant(
        "exp-1",
        ("Expression",),
        lambda e: has(e, "expression") or has(e, "reference"),
        "Ange expression eller reference.",
        "Give an expression or a reference.",
    ),
    Invariant(
        "tim-1",
        ("Timing.repeat",),
        needs("duration", "durationUnit"),
        "duration kräver durationUnit.",
        "duration needs a durationUnit.",
    ),
    Invariant(
        "tim-2",
        ("Timing.repeat",),
        needs("period", "periodUnit"),
        "period kräver periodUnit.",
        "period needs a periodUnit.",
    ),
    Invariant(
        "tim-4",
        ("Timing.repeat",),
        _not_negative("duration"),
        "duration får inte vara negativ.",
        "duration may not be negative.",
    ),
    Invariant(
        "tim-5",
        ("Timing.repeat",),
        _not_negative("period"),
        "period får inte vara negativ.",
        "period may not be negative.",
    ),
    Invariant(
        "tim-6",
        ("Timing.repeat",),
        needs("periodMax", "period"),
        "periodMax kräver period.",
        "periodMax needs a period.",
    ),
    Invariant(
        "tim-7",
        ("Timing.repeat",),
        needs("durationMax", "duration"),
        "durationMax kräver duration.",
        "durationMax needs a duration.",
    ),
    Invariant(
        "tim-8", ("Timing.repeat",), needs("countMax", "count"), "countMax kräver count.", "countMax needs a count."
    ),
    Invariant(
        "tim-9",
        ("Timing.repeat",),
        _offset,
        "offset kräver when, och inte C, CM, CD eller CV.",
        "offset needs a when that is not C, CM, CD or CV.",
    ),
    Invariant(
        "tim-10",
        ("Timing.repeat",),
        excludes("timeOfDay", "when"),
        "Ange timeOfDay eller when, inte båda.",
        "Give timeOfDay or when, not both.",
    ),
    Invariant(
        "trd-1",
        ("TriggerDefinition",),
        lambda t: "data" not in t or not has_choice(t, "timing"),
        "Ange tid eller data, inte båda.",
        "Give a timing or data, not both.",
    ),
    Invariant(
        "trd-2", ("TriggerDefinition",), needs("condition", "data"), "condition kräver data.", "A condition needs data."
    ),
    Invariant(
        "trd-3",
        ("TriggerDefinition",),
        _trigger,
        "named-event kräver name, periodic kräver tid, data-händelser kräver data.",
        "A named-event needs a name, a periodic event a timing, a data event data.",
    ),
    Invariant(
        "",
        (OUTER_EXTENSION,),
        _absolute_url,
        "Tilläggets url ska vara en absolut adress.",
        "The url of this extension must be absolute.",
    ),
    Invariant(
        "",
        ("Identifier",),
        _absolute_system,
        "Identifierarens system ska vara en absolut adress.",
        "The system of this identifier must be absolute.",
    ),
    Invariant(
        "",
        ("Identifier",),
        _uri_as_value,
        "Med system urn:ietf:rfc:3986 ska värdet vara en absolut adress.",
        "With the system urn:ietf:rfc:3986 the value must be an absolute address.",
    ),
)
