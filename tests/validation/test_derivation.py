"""The tables are derived, never edited: the definitions that HL7 published give exactly what is committed."""

from __future__ import annotations

from tests.servers.needs import java_and_maven, skip_or_fail
from tests.servers.validator import build

from .derive_tables import OUT, derived


def test_the_tables_are_what_the_published_definitions_give() -> None:
    skip_or_fail(java_and_maven())
    (registry,) = (jar for jar in build().jars if jar.name.startswith("fhir-registry-"))
    assert derived(registry) == OUT.read_text(encoding="utf-8")
