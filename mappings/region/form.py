"""Errors of form: the project's own ids, for what is wrong before any rule of the sources can be asked (Decided 24)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Form:
    """One error of form, as people read it."""

    id: str
    sv: str
    en: str


_ALL = (
    Form("IN-1", "Innehållet är inte giltig JSON.", "The content is not valid JSON."),
    Form("IN-2", "Fältet har fel typ.", "The field has the wrong type."),
    Form("IN-3", "Fältet finns inte i modellen.", "The field is not in the model."),
    Form("IN-4", "Samma fält står två gånger.", "The same field stands twice."),
    Form("IN-5", "En tidpunkt saknar tidszon.", "A time lacks its zone."),
    Form("IN-6", "Innehållet är för stort.", "The content is too large."),
    Form("IN-7", "Innehållet är nästlat för djupt.", "The content is nested too deep."),
    Form("IN-8", "Fältet saknas.", "The field is missing."),
    Form("IN-9", "Värdet är inte tillåtet i fältet.", "The value is not allowed in the field."),
    Form(
        "IN-10",
        "Versionen har redan sänts med annat innehåll.",
        "The version has been sent already with other content.",
    ),
    Form("IN-11", "En senare version är redan mottagen.", "A later version has been taken in already."),
    Form("IN-13", "Koden finns inte i källans tabell.", "The code is not in the source's table."),
    Form(
        "IN-14",
        "Källan finns inte i katalogen, eller får inte sända hit.",
        "The source is not in the catalogue, or may not send here.",
    ),
    Form(
        "IN-15",
        "Det som meddelandet hänvisar till är inte mottaget.",
        "What the message refers to has not been taken in.",
    ),
    Form("IN-16", "Värdet ryms inte i FHIR.", "The value has no room in FHIR."),
    Form(
        "IN-17",
        "FHIR-resursen säger något som modellen inte förstår.",
        "The FHIR resource says something that the model does not understand.",
    ),
    Form("IN-18", "Fältet härleds och får inte sändas.", "The field is derived and must not be sent."),
    Form("IN-19", "Inget steg leder till det tillståndet.", "No step leads to that state."),
)

FORMS: Mapping[str, Form] = MappingProxyType({form.id: form for form in _ALL})
