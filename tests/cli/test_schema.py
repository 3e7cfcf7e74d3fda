"""JSON Schema is derived from the model: what is accepted fits it, and it is what OpenAPI publishes."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Mapping
from typing import Any

import jsonschema_rs
import orjson
import pytest

from adapter.doors import openapi
from adapter.region import SAMPLES
from mappings.problem import Json
from mappings.region.catalogue_schema import catalogue_schema
from mappings.region.json_schema import message_schema
from mappings.region.reading import KINDS
from tests.region.sample import holes, replaced, texts

from ..golden.corpus import Entry, index
from .conftest import Vardbro

ACCEPTED, REFUSED = index()
OF_EVERY_REGION = [entry for region in SAMPLES for entry in index(region)[0]]
OF_FORM = ("IN-2", "IN-3", "IN-5", "IN-8")
"""Rules whose every breach a schema can tell."""


def fits(schema: Json, value: Any) -> bool:
    return bool(jsonschema_rs.validator_for(schema, validate_formats=True).is_valid(value))


@pytest.mark.parametrize("entry", OF_EVERY_REGION, ids=lambda entry: f"{entry.region}/{entry.file}")
def test_every_message_that_is_accepted_fits_the_schema_of_its_kind_and_no_other(entry: Entry) -> None:
    message = orjson.loads(entry.body)
    assert [kind for kind in KINDS if fits(message_schema(kind), message)] == [entry.kind]


@pytest.mark.parametrize("entry", [entry for entry in REFUSED if entry.rule in OF_FORM], ids=lambda entry: entry.file)
def test_what_is_refused_for_its_form_does_not_fit(entry: Entry) -> None:
    assert not fits(message_schema(entry.kind), orjson.loads(entry.body))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "change", [{"colour": "blue"}, {"source": 7}, {"patient": None}, {"lines": "x", "person": "x"}]
)
def test_a_strange_a_wrong_and_a_missing_member_do_not_fit(kind: str, change: Json) -> None:
    message = orjson.loads(next(entry.body for entry in ACCEPTED if entry.kind == kind))
    assert fits(message_schema(kind), message)
    assert not fits(message_schema(kind), message | change)


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_has_a_version_or_the_time_of_the_change_and_not_both(kind: str) -> None:
    message = orjson.loads(next(entry.body for entry in ACCEPTED if entry.kind == kind))
    bare = {name: value for name, value in message.items() if name not in ("version", "changedAt")}
    version, changed_at = {"version": 1}, {"changedAt": "2026-11-20T09:00:00+01:00"}
    told = [bare, bare | version, bare | changed_at, bare | version | changed_at]
    assert [fits(message_schema(kind), one) for one in told] == [False, True, True, False]


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_what_openapi_publishes(kind: str) -> None:
    models, name = openapi._models(), KINDS[kind].__name__
    text = orjson.dumps(models).replace(b"#/components/schemas/", b"#/$defs/")
    published = orjson.loads(text)
    own = message_schema(kind)
    defs = own.pop("$defs")
    assert {key: value for key, value in own.items() if not key.startswith("$")} == published[name]
    assert defs == {inner: published[inner] for inner in defs}


@pytest.mark.parametrize("kind", KINDS)
def test_every_member_says_who_may_see_it(kind: str) -> None:
    schema = message_schema(kind)
    for model in (schema, *schema["$defs"].values()):
        for name, member in model.get("properties", {}).items():
            assert name == "changedAt" or member["x-audiences"], name


@pytest.mark.parametrize("what", [*KINDS, "catalogue"])
def test_the_command_prints_a_schema_that_is_one(what: str, vardbro: Vardbro) -> None:
    ended = vardbro("schema", what)
    assert ended.code == 0
    assert ended.json["$id"].endswith(f"/{what}")
    assert jsonschema_rs.meta.is_valid(ended.json)
    assert ended.json == (catalogue_schema() if what == "catalogue" else message_schema(what))


def test_there_is_no_schema_of_anything_else(vardbro: Vardbro) -> None:
    ended = vardbro("schema", "invoice")
    assert (ended.code, ended.out) == (2, "")
    assert "named-contact" in ended.err


SERVICE = "aterbesok-lakare;Återbesök läkare;lakare;mottagningsbesok;aterbesok;20;"


# -- the catalogue ---------------------------------------------------------------------------------------------------


def as_one(files: Mapping[str, str]) -> Json:
    """A folder as the schema sees it."""
    return {
        name: tomllib.loads(text)
        if name.endswith(".toml")
        else list(csv.DictReader(io.StringIO(text), delimiter=";"))
        if name.endswith(".csv")
        else text
        for name, text in files.items()
    }


@pytest.mark.parametrize("region", SAMPLES)
def test_a_sample_region_fits_the_schema_of_a_catalogue(region: str) -> None:
    jsonschema_rs.validator_for(catalogue_schema()).validate(as_one(texts(region)))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("region.toml", 'id = "exempel"', 'id = "exem pel"'),
        ("region.toml", "PI-2 = true", "PI-9 = true"),
        ("region.toml", '[[source]]\nid = "SE2321000115-COSMIC"', '[[source]]\nidd = "SE2321000115-COSMIC"'),
        ("region.toml", 'versions = "changedAt"', 'versions = "changedat"'),
        ("units.csv", "SE2321000115-E000000000130;", "hemtjansten;"),
        ("units.csv", ";Hemtjänsten Söder;", ";;"),
        ("regions.csv", "01;Region Stockholm", "01;"),
        ("COSMIC/category1.csv", "Astma;Astma", "Astma  bronkiale;Astma"),
        ("COSMIC/visit-types.csv", "nybesok;Nybesök;;yes", "nybesok;Nybesök;;ja"),
        ("COSMIC/professions.csv", "lakare;Läkare;10;yes", "lakare;Läkare;10;true"),
        ("COSMIC/care-services.csv", SERVICE, SERVICE.replace("20", "0")),
    ],
)
def test_a_folder_with_a_hole_does_not_fit_either(name: str, old: str, new: str) -> None:
    files = replaced(name, old, new)
    assert holes(files)
    assert not fits(catalogue_schema(), as_one(files))


@pytest.mark.parametrize("name", ["unit.csv", "COSMIC/contact_types.csv", "notes.txt"])
def test_a_file_that_nothing_reads_does_not_fit(name: str) -> None:
    assert not fits(catalogue_schema(), as_one({**texts(), name: "code;display\n"}))


@pytest.mark.parametrize("name", ["region.toml", "units.csv", "e-services.csv", "regions.csv", "positions.csv"])
def test_a_folder_without_a_file_of_the_region_does_not_fit(name: str) -> None:
    assert not fits(catalogue_schema(), {other: one for other, one in as_one(texts()).items() if other != name})
