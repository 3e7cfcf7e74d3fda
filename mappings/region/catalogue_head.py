"""region.toml: what the region is called, which rules it has switched off, and its source systems."""

from __future__ import annotations

import re
import tomllib
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from mappings.region.catalogue_folder import Folder
from mappings.region.values import SourceKey

SWITCHES = frozenset({"PI-2", "DK-11", "EV-3", "EV-5"})
"""Rules that a region may switch off or on."""


class Entry(BaseModel):
    """A `[[source]]` of region.toml."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: SourceKey
    name: Annotated[str, StringConstraints(min_length=1)] | None = None
    tables: SourceKey | None = None
    """The folder of its tables; the id where it is not given."""
    default_unit: Annotated[str, StringConstraints(min_length=1)] | None = None
    reserve_number_system: Annotated[str, StringConstraints(pattern=r"^(urn:|https?://)\S+$")] | None = None
    versions: Literal["number", "changedAt"] = "number"
    accepts_at_once: list[Literal["cancel", "rebook", "book"]] = []
    """What a patient does over an e-service without the source being asked first (Decided 14)."""
    care_giver: Annotated[str, StringConstraints(pattern=r"^SE[0-9]{10}-[A-Za-z0-9]{1,18}$")] | None = None
    """HSA-id of the care giver (*vårdgivare*) whose patients' data the source keeps."""


class Head(BaseModel):
    """region.toml, its sources apart."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: SourceKey
    name: Annotated[str, StringConstraints(min_length=1)]
    rules: dict[str, bool] = {}
    off: list[Literal["order", "mediaExamination", "specialInformation", "attachment"]] = []
    """Fields of a booking that the region has switched off (BO-12)."""
    source: list[Any]
    """Each an `Entry`."""


_HELP = {
    "id": ("id ska vara 1–64 tecken ur A–Z a–z 0–9 . _ ~ -", "id is to be 1-64 of A-Z a-z 0-9 . _ ~ -"),
    "name": ("name ska vara en text", "name is to be a text"),
    "rules": ("en regel i [rules] ska vara true eller false", "a rule in [rules] is to be true or false"),
    "off": (
        "off ska vara en lista ur order, mediaExamination, specialInformation och attachment",
        "off is to be a list of order, mediaExamination, specialInformation and attachment",
    ),
    "source": ("varje källa ska skrivas som [[source]]", "each source is to be written as [[source]]"),
    "tables": ("tables ska vara namnet på en mapp här", "tables is to be the name of a folder here"),
    "default_unit": ("default_unit ska vara en enhets HSA-id", "default_unit is to be a unit's HSA-id"),
    "reserve_number_system": (
        "reserve_number_system ska vara en URI som börjar med urn: eller https://",
        "reserve_number_system is to be a URI that begins with urn: or https://",
    ),
    "accepts_at_once": (
        "accepts_at_once ska vara en lista ur cancel, rebook och book",
        "accepts_at_once is to be a list of cancel, rebook and book",
    ),
    "care_giver": ("care_giver ska vara vårdgivarens HSA-id", "care_giver is to be the care giver's HSA-id"),
    "versions": ('versions ska vara "number" eller "changedAt"', 'versions is to be "number" or "changedAt"'),
}


def head_and_sources(folder: Folder) -> tuple[Head | None, list[Entry]]:
    """What region.toml says, as far as it can be understood; what cannot is told to the folder."""
    name = "region.toml"
    if name not in folder.files:
        sv = "filen saknas: lägg till den, med id, name och minst en [[source]]"
        folder.hole(name, 0, sv, "missing: add it, with id, name and at least one [[source]]")
        return None, []
    try:
        raw = tomllib.loads(folder.files[name])
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        at = int(line[1]) if line else len(folder.files[name].splitlines())
        folder.hole(name, at, "är inte giltig TOML här: rätta raden", "is not valid TOML here: mend the line")
        return None, []
    listed = raw.get("source")
    entries = _entries(folder, listed) if isinstance(listed, list) else []
    try:
        head = Head.model_validate(raw)
    except ValidationError as error:
        _misfits(folder, error, 0)
        return None, entries
    if not listed:
        last = max(1, len(folder.files[name].splitlines()))
        folder.hole(name, last, "källor saknas: lägg till en [[source]]", "no sources: add a [[source]]")
    for rule in sorted(head.rules.keys() - SWITCHES):
        sv = f"regeln kan inte slås av eller på: ta bort raden (här kan {', '.join(sorted(SWITCHES))})"
        en = f"the rule has no switch: take the line away (those that have: {', '.join(sorted(SWITCHES))})"
        folder.hole(name, line_of(folder.files[name], rule), sv, en)
    return head, entries


def _entries(folder: Folder, listed: list[Any]) -> list[Entry]:
    entries: dict[str, Entry] = {}
    for number, one in enumerate(listed, 1):
        try:
            entry = Entry.model_validate(one)
        except ValidationError as error:
            _misfits(folder, error, number)
            continue
        if entry.id in entries:
            line = line_of(folder.files["region.toml"], "id", number)
            sv = "källan står redan längre upp: ge den ett eget id eller ta bort den"
            en = "the source stands further up already: give it an id of its own or take it away"
            folder.hole("region.toml", line, sv, en)
        entries.setdefault(entry.id, entry)
    return list(entries.values())


def _misfits(folder: Folder, error: ValidationError, source: int) -> None:
    """What region.toml says and should not, or the other way; `source` is the number of the `[[source]]`, from 1."""
    for one in error.errors(include_input=False, include_url=False, include_context=False):
        key = str(one["loc"][0]) if one["loc"] else "source"
        if one["type"] == "extra_forbidden":
            known = ", ".join((Entry if source else Head).model_fields)
            sv = f"nyckeln betyder inget här: rätta namnet eller ta bort den (här kan stå {known})"
            en = f"the key means nothing here: mend its name or take it away (here may stand {known})"
        elif one["type"] == "missing":
            sv, en = f"{key} saknas: lägg till {key} = …", f"{key} is missing: add {key} = …"
        else:
            sv, en = _HELP[key]
        line = line_of(folder.files["region.toml"], str(one["loc"][-1]) if one["loc"] else "source", source)
        folder.hole("region.toml", line, sv, en)


def line_of(text: str, key: str, source: int = 0) -> int:
    """The line of a key in region.toml: within its `[[source]]`, else that `[[source]]`, else the first."""
    seen, at = 0, 1
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(r"\s*\[\[\s*source\s*\]\]", line):
            seen += 1
            at = number if seen == source else at
        if seen == source and re.match(rf"[\s\[]*[\"']?{re.escape(key)}[\"']?\s*[=\].]", line):
            return number
    return at
