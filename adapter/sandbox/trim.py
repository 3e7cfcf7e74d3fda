"""`_elements` and `_summary`: https://hl7.org/fhir/R4/search.html#elements."""

from __future__ import annotations

from collections.abc import Callable, Collection

from adapter.sandbox.definitions import Element, elements
from adapter.sandbox.json_text import read_json, write_json
from adapter.sandbox.outcome import refusal
from adapter.sandbox.search import Summary
from mappings.problem import Json

_SUBSETTED = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
_ALWAYS = {"id", "meta"}


def trimming(type_: str, wanted: Collection[str], summary: Summary) -> Callable[[bytes], bytes] | None:
    """What cuts a resource of `type_` down; `None` where it stays whole. What R4 demands of the type is never cut.

    Refuses with 400 elements that the type does not have, and both at once.
    """
    if not wanted and summary in ("false", "count"):
        return None
    if wanted and summary != "false":
        raise refusal(400, "invalid", "_elements and _summary exclude each other")
    if set(wanted) - set(elements(type_)):
        raise refusal(400, "value", "_elements names one that the type does not have")

    def stays(element: Element) -> bool:
        if element.required or element.name in _ALWAYS:
            return True
        by_summary = {"true": element.summary, "text": element.name == "text", "data": element.name != "text"}
        return element.name in wanted or by_summary.get(summary, False)

    names = {element.name for element in elements(type_).values() if stays(element)}

    def cut(content: bytes) -> bytes:
        return write_json(_subset(read_json(content), names))

    return cut


def _subset(whole: Json, names: Collection[str]) -> Json:
    """The root elements so named, tagged as incomplete."""
    meta = whole["meta"]
    tagged = meta | {"tag": [*meta.get("tag", []), _SUBSETTED]}
    kept = {name: value for name, value in whole.items() if name.removeprefix("_") in names}
    return {"resourceType": whole["resourceType"]} | kept | {"meta": tagged}
