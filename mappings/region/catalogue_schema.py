"""The JSON Schema of a region's folder, derived from what it is read by.

The folder seen as one object: a member for each file, by its path in the folder; `region.toml` as TOML has it, of a
table a list with an object of texts for each line. The tables of a source lie in the folder that region.toml names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from mappings.problem import Json
from mappings.region.catalogue import HSA_ID, OF_REGION
from mappings.region.catalogue_columns import E_SERVICE_COLUMNS, OF_SOURCE, UNIT_COLUMNS, Columns
from mappings.region.catalogue_head import SWITCHES, Entry, Head
from mappings.region.json_schema import DRAFT, WHERE

_TEXT: Json = {"type": "string", "maxLength": 1000}
_SAID: Json = {**_TEXT, "minLength": 1}
_CODE: Json = {"type": "string", "pattern": r"^\S+( \S+)*$", "maxLength": 64}


def catalogue_schema() -> Json:
    """What a region's folder holds. That codes of one table stand in another is said in words."""
    units = {"hsa_id": {"type": "string", "pattern": f"^{_bare(HSA_ID)}$"}, "name": _SAID, "administration": _SAID}
    services = {"unit": units["hsa_id"], "name": _SAID, "url": {"type": "string", "pattern": r"^https?://\S+$"}}
    of_region = {f"{name}.csv": _table(_coded(Columns()), ("code", "display")) for name in sorted(OF_REGION)}
    return {
        "$schema": DRAFT,
        "$id": f"{WHERE}/catalogue",
        "title": "Catalogue",
        "description": "A region's folder: a member for each file, of a table a list with an object for each line",
        "type": "object",
        "required": ["region.toml", "units.csv", "e-services.csv", *of_region],
        "properties": {
            "region.toml": _head(),
            "units.csv": _table(units, UNIT_COLUMNS),
            "e-services.csv": _table(services, E_SERVICE_COLUMNS),
            **of_region,
            "README.md": {"type": "string"},
        },
        "patternProperties": {
            f"^[^/]+/{re.escape(name)}\\.csv$": _table(_coded(columns), ("code", "display", *columns.names))
            for name, columns in OF_SOURCE.items()
        },
        "additionalProperties": False,
    }


def _bare(pattern: re.Pattern[str]) -> str:
    return pattern.pattern.removesuffix(r"\Z")


def _head() -> Json:
    head, entry = Head.model_json_schema(), Entry.model_json_schema()
    head["properties"]["source"] |= {"minItems": 1, "items": entry}
    head["properties"]["rules"]["propertyNames"] = {"enum": sorted(SWITCHES)}
    return head


def _table(columns: Mapping[str, Json], needed: Iterable[str]) -> Json:
    row = {"type": "object", "required": list(needed), "properties": dict(columns), "additionalProperties": _TEXT}
    return {"type": "array", "items": row}


def _coded(columns: Columns) -> Mapping[str, Json]:
    """The columns of a table of codes, as `catalogue_files` checks them."""
    said: dict[str, Json] = {"code": _CODE, "display": _SAID}
    for name in (*columns.names, *columns.more):
        said[name] = dict(_TEXT)
        if name in columns.allows:
            said[name] = {"enum": sorted(columns.allows[name])}
        elif name in columns.words:
            word = "|".join(sorted(columns.words[name]))
            said[name] = {"type": "string", "pattern": f"^({word})?( ({word}))*$"}
        elif name in columns.refers:
            said[name]["description"] = f"A code of {columns.refers[name]}.csv, or empty"
    if "minutes" in said:
        said["minutes"] = {"type": "string", "pattern": "^[1-9][0-9]{0,3}$"}
    return said
