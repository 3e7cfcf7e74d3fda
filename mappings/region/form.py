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
    Form(
        "IN-1",
        "Innehållet är inte giltig JSON: rätta skrivsättet.",
        "The content is not valid JSON: mend its syntax.",
    ),
    Form(
        "IN-2",
        "Här står fel JSON-typ: sänd den typ (text, tal, true eller false, lista eller objekt) som schemat anger.",
        "The JSON type here is wrong: send the type (text, number, true or false, list or object) that the schema "
        "gives.",
    ),
    Form(
        "IN-3",
        "Fältet finns inte i modellen: rätta fältets namn efter schemat, eller ta bort fältet.",
        "The field is not in the model: mend its name after the schema, or take the field away.",
    ),
    Form("IN-4", "Samma fält står två gånger: sänd det en gång.", "The same field stands twice: send it once."),
    Form(
        "IN-5",
        "Tidpunkten saknar tidszon: lägg till den sist, till exempel +01:00 eller Z.",
        "The time lacks its zone: add it at the end, such as +01:00 or Z.",
    ),
    Form(
        "IN-6",
        "Innehållet är för stort: sänd ett meddelande i taget, med kortare texter och listor.",
        "The content is too large: send one message at a time, with shorter texts and lists.",
    ),
    Form(
        "IN-7",
        "Innehållet är nästlat för djupt: sänd det med de nivåer som schemat har.",
        "The content is nested too deep: send it with the levels that the schema has.",
    ),
    Form(
        "IN-8",
        "Fältet är obligatoriskt och saknas: sänd det.",
        "The field is mandatory and missing: send it.",
    ),
    Form(
        "IN-9",
        "Värdet är inte tillåtet i fältet: sänd ett som schemat tillåter (dess ord, form, längd och gränser).",
        "The value is not allowed in the field: send one that the schema allows (its words, form, length and bounds).",
    ),
    Form(
        "IN-10",
        "Versionen har redan sänts med annat innehåll: sänd ändringen med en högre version.",
        "The version has been sent already with other content: send the change with a higher version.",
    ),
    Form(
        "IN-11",
        "En senare version är redan mottagen: hämta den, och sänd ändringen med en högre version.",
        "A later version has been taken in already: fetch it, and send the change with a higher version.",
    ),
    Form(
        "IN-13",
        "Koden finns inte i källans tabell: rätta koden, eller be regionen lägga till den.",
        "The code is not in the source's table: mend the code, or ask the region to add it.",
    ),
    Form(
        "IN-14",
        "Källan finns inte i katalogen, eller får inte sändas för här: rätta source, eller be regionen lägga till "
        "källan eller ge avsändaren rätt till den.",
        "The source is not in the catalogue, or may not be sent for here: mend source, or ask the region to add the "
        "source or to give the caller a right to it.",
    ),
    Form(
        "IN-15",
        "Det som meddelandet hänvisar till är inte mottaget: sänd det först, eller rätta hänvisningen.",
        "What the message refers to has not been taken in: send that first, or mend the reference.",
    ),
    Form(
        "IN-16",
        "Värdet ryms inte i FHIR: ändra eller utelämna det, och be den som förvaltar Vårdbro ge det en plats.",
        "The value has no room in FHIR: change it or leave it out, and ask those who keep Vårdbro to give it a place.",
    ),
    Form(
        "IN-17",
        "FHIR-resursen säger något som modellen inte förstår och som därför inte följer med: läs det i resursen.",
        "The FHIR resource says something that the model does not understand and that is left out: read it in the "
        "resource.",
    ),
    Form(
        "IN-18",
        "Fältet härleds och får inte sändas: ta bort det.",
        "The field is derived and must not be sent: take it away.",
    ),
    Form(
        "IN-19",
        "Inget steg leder till det tillståndet: ta ett av de steg som problemet räknar upp.",
        "No step leads to that state: take one of the steps that the problem lists.",
    ),
)

FORMS: Mapping[str, Form] = MappingProxyType({form.id: form for form in _ALL})
