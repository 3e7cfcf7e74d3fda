"""`vardbro schema`: the JSON Schema of what is sent and of a region's folder, derived from the model."""

from __future__ import annotations

from adapter.cli.console import write_json
from adapter.cli.exits import Code
from mappings.region.catalogue_schema import catalogue_schema
from mappings.region.json_schema import message_schema


def schema(what: str) -> Code:
    """One JSON Schema on standard output."""
    write_json(catalogue_schema() if what == "catalogue" else message_schema(what))
    return Code.GOOD
