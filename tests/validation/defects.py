"""Valid resources with one thing made wrong in each: what must be said of it, and where HL7's validator judges else."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Final

from mappings.problem import Json

from .changes import Change, add, both, div, drop, extend, lose, put, refer
from .resources import (
    BASIS,
    BASIS_ID,
    CARE_EVENT,
    CONTACT,
    DIETITIAN_ROLE,
    OWN,
    PERSON,
    ROLE,
    ROOM,
    SERVICE,
    STAFF,
    TEAM,
    TEAM_VISIT,
    TO_PERSON,
    UNIT,
    UNKNOWN,
    VISIT,
    as_bundle,
    as_transaction,
    extension,
)


@dataclass(frozen=True, slots=True)
class Defect:
    """One change to a valid resource, and what `validate` must say."""

    name: str
    sound: Json
    change: Change
    key: str = ""
    """The key of the invariant, which the texts must hold."""
    at: str | None = None
    """The place that must be named, where it is another than the change's own."""
    but: str = ""
    """Why HL7's validator and `validate` judge differently; empty where they agree."""
    rule: str = ""
    """The rule of the problem; empty where only HL7's validator refuses."""

    @property
    def resource(self) -> Json:
        """The resource with the defect."""
        changed = deepcopy(self.sound)
        self.change(changed)
        return changed

    @property
    def fhirpath(self) -> str:
        """The place that the problem must name."""
        place = self.change.place if self.at is None else self.at
        return place if place == "Resource" else f"{self.sound['resourceType']}.{place}".rstrip(".")


def under(rule: str, *defects: Defect) -> tuple[Defect, ...]:
    """The defects as breaking this rule."""
    return tuple(replace(each, rule=rule) for each in defects)


COLLECTION: Final = as_bundle(*TEAM_VISIT)
TRANSACTION: Final = as_transaction(*TEAM_VISIT)
OFTEN: Final[Json] = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}
SERIES: Final[Json] = {**{k: v for k, v in BASIS.items() if k != "occurrencePeriod"}, "occurrenceTiming": OFTEN}
UCUM: Final = "http://unitsofmeasure.org"
HIDDEN: Final[Json] = {"extension": [extension("absent", valueCode="masked")]}
IN_ITSELF: Final[Json] = {
    "resourceType": "Patient",
    "id": "x",
    "link": [{"other": {"reference": "#"}, "type": "refer"}],
}

STRICTER: Final = "R4 says so in its text; the validator does not look"
NOT_LITERAL: Final = "R4: a relative reference is [type]/[id]; the validator takes any text for a reference"
ANY_EXTENSION: Final = "the validator knows an extension only by its definition, and reads no rules"

STRUCTURE: Final = under(
    "IN-20",
    Defect("no resourceType", PERSON, drop("resourceType"), at="Resource"),
    Defect("a resourceType that R4 does not have", PERSON, put("resourceType", "Patienten"), at="Resource"),
    Defect("an element that R4 does not have", VISIT, add("colour", "red")),
    Defect("a misspelt element", TEAM, add("participants", [{}])),
    Defect("an element of another type", PERSON, add("participant", [{"status": "x"}])),
    Defect("an unknown element in a part", VISIT, add("participant.1.name", "x")),
    Defect("comments of DSTU2", PERSON, add("fhir_comments", ["x"])),
    Defect("a Python name", PERSON, add("birthDate__ext", {"id": "x"})),
    Defect("a value that only R5 has", VISIT, extend(valueInteger64="1"), at="extension[0]"),
    Defect("no status", VISIT, drop("status")),
    Defect("no participant", VISIT, drop("participant")),
    Defect("no subject", BASIS, drop("subject")),
    Defect("no class", CARE_EVENT, drop("class")),
    Defect("no status of a participant", VISIT, drop("participant.0.status")),
    Defect("no url of an extension", VISIT, drop("extension.0.url")),
    Defect("no url of an inner extension", VISIT, drop("extension.5.extension.0.url")),
    Defect("an empty list", PERSON, put("name", [])),
    Defect("an empty list of mandatory ones", VISIT, put("participant", [])),
    Defect("an empty object", PERSON, put("maritalStatus", {})),
    Defect("an empty text", PERSON, put("name.0.family", "")),
    Defect("a null", PERSON, put("birthDate", None)),
    Defect("a null in a list", PERSON, put("name", [None]), at="name[0]"),
    Defect("a null among given names", PERSON, put("name.0.given", [None, "Test"]), at="name[0].given[0]"),
    Defect("a place with neither value nor extension", UNKNOWN, put("contact.0.name._given", [None, {"id": "x"}])),
    Defect("a list where one may stand", CARE_EVENT, put("class", [CARE_EVENT["class"]])),
    Defect("a list of dates", PERSON, put("birthDate", ["1912-12-12"])),
    Defect("one where a list must stand", PERSON, put("identifier", PERSON["identifier"][0])),
    Defect("one name where a list must stand", PERSON, put("name.0.given", "Tolvan")),
    Defect("a text where an object must stand", PERSON, put("name", ["Tolvan"]), at="name[0]"),
    Defect("an object where a text must stand", PERSON, put("name.0.family", {"text": "x"})),
    Defect("a truth in quotes", PERSON, put("active", "true")),
    Defect("a number in quotes", VISIT, put("minutesDuration", "60")),
    Defect("a truth for a number", VISIT, put("minutesDuration", True)),
    Defect("half a minute", VISIT, put("minutesDuration", 30.5)),
    Defect("no minutes", VISIT, put("minutesDuration", 0)),
    Defect("a negative priority", VISIT, put("priority", -1)),
    Defect("a number that is too large", VISIT, put("priority", 2**31)),
    Defect("a decimal in quotes", ROOM, put("position.latitude", "56.67")),
    Defect("seconds since 1970 for a time", VISIT, put("start", 1795521600)),
    Defect("a time without zone", VISIT, put("start", "2026-11-24T13:00:00")),
    Defect("a time without seconds", VISIT, put("created", "2026-10-05T10:11+02:00")),
    Defect("a date for an instant", VISIT, put("start", "2026-11-24")),
    Defect("a day that its month does not have", PERSON, put("birthDate", "1913-02-29")),
    Defect("a date as in a form", PERSON, put("birthDate", "12/12 1912")),
    Defect("hour 24", ROLE, put("availableTime.0.availableEndTime", "24:00:00")),
    Defect("a time of day without seconds", ROLE, put("availableTime.0.availableStartTime", "08:00")),
    Defect("an id that is too long", PERSON, put("id", "x" * 65)),
    Defect("an id with an underscore", PERSON, put("id", "a_b")),
    Defect("a code that ends in a space", VISIT, put("extension.0.valueCode", "booked ")),
    Defect("an address with a space", VISIT, put("meta.source", "urn:x y")),
    Defect("an OID that is none", STAFF, put("identifier.0.system", "urn:oid:1.2.x")),
    Defect("a UUID in capitals", PERSON, put("identifier.0.system", "urn:uuid:53FEFA32-FCBB-4FF8-8A92-55EE120877B7")),
    Defect("a relative system", PERSON, add("identifier.0.system", "personnummer")),
    Defect("a relative url of an extension", VISIT, add("extension.0.url", "booking-state")),
    Defect("a relative canonical", BASIS, put("instantiatesCanonical", ["plan"]), at="instantiatesCanonical[0]"),
    Defect(
        "data that is not base64",
        STAFF,
        put("photo", [{"contentType": "image/png", "data": "abc"}]),
        at="photo[0].data",
    ),
    Defect("two types of one value", VISIT, put("extension.0.valueString", "x")),
    Defect("two types of death", PERSON, both(put("deceasedBoolean", True), put("deceasedDateTime", "2020"))),
    Defect("a narrative without div", CONTACT, drop("text.div")),
    Defect("a narrative that is not well-formed", CONTACT, div("<p>x")),
    Defect("an entity of HTML", CONTACT, div("f&aring;r")),
    Defect(
        "a comparator where none may be",
        BASIS,
        put("quantityRange", {"low": {"value": 1, "comparator": "<"}}),
        at="quantity.low",
    ),
    Defect("a primitive's extension as a list", PERSON, put("_birthDate", [{"id": "x"}])),
    Defect("an unknown element beside a primitive", PERSON, put("_birthDate", {"value": "x"})),
    Defect("a contained resource without id", CONTACT, drop("contained.0.id")),
    Defect("an element of a contained resource", CONTACT, add("contained.0.colour", "x")),
    Defect("a contained resource of no type", CONTACT, add("contained.0.resourceType", "Människa")),
    Defect("two contained with one id", CONTACT, put("contained", CONTACT["contained"] * 2), at="contained[1].id"),
    Defect("an entry without address", COLLECTION, drop("entry.0.fullUrl"), at=""),
    Defect("a relative address of an entry", COLLECTION, add("entry.0.fullUrl", "Appointment/1")),
    Defect(
        "an address of another resource", TRANSACTION, add("entry.0.fullUrl", f"https://fhir.example/fhir/{TO_PERSON}")
    ),
    Defect("an element in an entry", COLLECTION, add("entry.0.resource.colour", "x")),
)

BINDINGS: Final = under(
    "IN-21",
    Defect("a status that R4 does not list", VISIT, put("status", "bokad")),
    Defect("a status of R5", CARE_EVENT, put("status", "completed")),
    Defect("a participant's status", VISIT, put("participant.0.status", "yes")),
    Defect("a truth for a code", VISIT, put("participant.0.required", "true")),
    Defect("an intent", BASIS, put("intent", "wish")),
    Defect("a priority in capitals", BASIS, put("priority", "ROUTINE")),
    Defect("a status of a team", TEAM, put("status", "ended")),
    Defect("a sex in one letter", PERSON, put("gender", "M")),
    Defect("an extension for a code", PERSON, both(drop("gender"), put("_gender", HIDDEN))),
    Defect("a use of a name", PERSON, put("name.0.use", "legal")),
    Defect("a use of an identifier", PERSON, put("identifier.0.use", "main")),
    Defect("a type of address", PERSON, put("address.0.type", "post")),
    Defect("a way to reach", ROLE, put("telecom.0.system", "telephone")),
    Defect("a use of a telephone", ROLE, put("telecom.0.use", "office")),
    Defect("a day of the week", DIETITIAN_ROLE, put("availableTime.0.daysOfWeek.1", "tis")),
    Defect("a status of a room", ROOM, put("status", "open")),
    Defect("a status of a narrative", CONTACT, put("text.status", "made")),
    Defect("a link", UNKNOWN, put("link.0.type", "same")),
    Defect("a unit of time", SERIES, put("occurrenceTiming.repeat.periodUnit", "day")),
    Defect("a verb of HTTP", TRANSACTION, put("entry.0.request.method", "put")),
    Defect("a code in an entry", COLLECTION, put("entry.0.resource.status", "bokad")),
    Defect("a code in a contained resource", CONTACT, put("contained.0.gender", "K")),
)

INVARIANTS: Final = under(
    "IN-22",
    Defect("a participant of no kind", VISIT, lose("participant.0.actor"), "app-1"),
    Defect("a start without end", VISIT, lose("end"), "app-2"),
    Defect("booked without times", VISIT, lose("start", "end"), "app-3"),
    Defect("a reason to cancel what is booked", VISIT, add("cancelationReason", {"text": "x"}), "app-4"),
    Defect(
        "a reason at noshow", VISIT, both(add("status", "noshow"), put("cancelationReason", {"text": "x"})), "app-4"
    ),
    Defect(
        "onBehalfOf of one who is no practitioner",
        CONTACT,
        put("contained.0", {"resourceType": "PractitionerRole", "id": "someone"}),
        "ctm-1",
        at="",
    ),
    Defect("details without code", BASIS, lose("code"), "prr-1"),
    Defect("an organization without name", UNIT, lose("name", "identifier"), "org-1"),
    Defect("the home of an organization", UNIT, add("address.0.use", "home"), "org-2"),
    Defect("the home number of an organization", UNIT, add("telecom.0.use", "home"), "org-3"),
    Defect("a contact without details", PERSON, put("contact", [{"gender": "female"}]), "pat-1", at="contact[0]"),
    Defect("an end before its start", CARE_EVENT, add("period.end", "2026-11-24T12:00:00+01:00"), "per-1"),
    Defect(
        "an end before its start in another zone", CARE_EVENT, add("period.end", "2026-11-24T13:30:00+02:00"), "per-1"
    ),
    Defect("an end that may be before its start", TEAM, add("period.end", "2026-11-24"), "per-1"),
    Defect("a number without system", ROLE, lose("telecom.0.system"), "cpt-2"),
    Defect("an extension with value and extensions", VISIT, add("extension.5.valueCode", "x"), "ext-1"),
    Defect("an extension with nothing", VISIT, lose("extension.0.valueCode"), "ext-1"),
    Defect("an id for a birth date", PERSON, both(drop("birthDate"), put("_birthDate", {"id": "x"})), "ele-1"),
    Defect("data without type", STAFF, put("photo", [{"data": "aGVq"}]), "att-1", at="photo[0]"),
    Defect("a unit without system", BASIS, drop("extension.0.valueDuration.system"), "qty-3", at="extension[0].value"),
    Defect(
        "a duration without value", BASIS, drop("extension.0.valueDuration.value"), "drt-1", at="extension[0].value"
    ),
    Defect("half a ratio", BASIS, put("quantityRatio", {"numerator": {"value": 1}}), "rat-1"),
    Defect("a range upside down", BASIS, put("quantityRange", {"low": {"value": 2}, "high": {"value": 1}}), "rng-2"),
    Defect("a negative age", BASIS, extend(valueAge={"value": -1, "code": "a", "system": UCUM}), "age-1"),
    Defect("half a count", BASIS, extend(valueCount={"value": 1.5, "code": "1", "system": UCUM}), "cnt-3"),
    Defect(
        "a period without unit", SERIES, drop("occurrenceTiming.repeat.periodUnit"), "tim-2", at="occurrence.repeat"
    ),
    Defect(
        "a time of day and a meal",
        SERIES,
        both(put("occurrenceTiming.repeat.timeOfDay", ["08:00:00"]), put("occurrenceTiming.repeat.when", ["AC"])),
        "tim-10",
        at="occurrence.repeat",
    ),
    Defect(
        "an offset from a meal itself",
        SERIES,
        both(put("occurrenceTiming.repeat.offset", 10), put("occurrenceTiming.repeat.when", ["C"])),
        "tim-9",
        at="occurrence.repeat",
    ),
    Defect("a script in a narrative", CONTACT, div("<script>x</script>"), "txt-1"),
    Defect("a handler in a narrative", CONTACT, div('<p onclick="x">x</p>'), "txt-1"),
    Defect("an active link in a narrative", CONTACT, div('<a href="javascript:x">x</a>'), "txt-1"),
    Defect("a narrative outside XHTML", CONTACT, put("text.div", "<div>x</div>"), "txt-1"),
    Defect("a blank narrative", CONTACT, div(" "), "txt-2"),
    Defect("a contained resource in a contained one", CONTACT, add("contained.0.contained", [IN_ITSELF]), "dom-2"),
    Defect(
        "a contained resource that nothing needs",
        CONTACT,
        refer("participant.0.member", TO_PERSON.replace("Patient", "Practitioner")),
        "dom-3",
        at="contained[0]",
    ),
    Defect("a version of a contained resource", CONTACT, add("contained.0.meta", {"versionId": "1"}), "dom-4"),
    Defect("a label on a contained resource", CONTACT, add("contained.0.meta", PERSON["meta"]), "dom-5"),
    Defect("a total of a collection", COLLECTION, add("total", 11), "bdl-1"),
    Defect("a rank in a collection", COLLECTION, put("entry.0.search", {"mode": "match"}), "bdl-2", at=""),
    Defect(
        "a request in a collection",
        COLLECTION,
        put("entry.0.request", {"method": "PUT", "url": "Patient/1"}),
        "bdl-3",
        at="",
    ),
    Defect("an entry without request", TRANSACTION, drop("entry.0.request"), "bdl-3", at=""),
    Defect("a response in a collection", COLLECTION, put("entry.0.response", {"status": "200"}), "bdl-4", at=""),
    Defect("an entry of nothing", COLLECTION, lose("entry.0.resource"), "bdl-5"),
    Defect(
        "one address for two", COLLECTION, put("entry.1.fullUrl", COLLECTION["entry"][0]["fullUrl"]), "bdl-7", at=""
    ),
)

TARGETS: Final = under(
    "IN-23",
    Defect("a team that takes part", VISIT, refer("participant.1.actor", "CareTeam/1")),
    Defect("an organization that takes part", VISIT, refer("participant.3.actor", "Organization/1")),
    Defect(
        "an absolute address of another type",
        VISIT,
        refer("participant.0.actor", "https://fhir.example/fhir/Organization/1"),
    ),
    Defect("a basis that is a visit", VISIT, refer("basedOn.0", f"Appointment/{BASIS_ID}")),
    Defect("a care event of a person", CARE_EVENT, refer("serviceProvider", "Practitioner/1")),
    Defect("a role of an organization", ROLE, refer("practitioner", "Organization/1")),
    Defect("a service of a place", SERVICE, refer("providedBy", "Location/1")),
    Defect("a version of another type", BASIS, refer("subject", "Organization/1/_history/2")),
    Defect("a contained resource of another type", CONTACT, refer("subject", "#someone")),
    Defect("a contained resource that is not there", CONTACT, refer("participant.0.member", "#other")),
    Defect("nothing contained", VISIT, refer("participant.1.actor", "#someone")),
    Defect("the container where there is none", TEAM, refer("subject", "#")),
    Defect(
        "an entry of another type",
        COLLECTION,
        refer("entry.0.resource.participant.0.actor", COLLECTION["entry"][7]["fullUrl"]),
    ),
    Defect("a search outside a transaction", VISIT, refer("participant.0.actor", "Patient?identifier=x")),
    Defect(
        "a search for another type", TRANSACTION, refer("entry.0.resource.participant.0.actor", "Group?identifier=x")
    ),
    Defect("a type that differs", VISIT, add("participant.0.actor.type", "Practitioner")),
    Defect("a space after a reference", VISIT, refer("participant.0.actor", f"{TO_PERSON} ")),
)

MODIFIERS: Final = under(
    "IN-24",
    Defect(
        "an unknown modifier",
        VISIT,
        put("modifierExtension", [extension("not", valueBoolean=True)]),
        at="modifierExtension[0]",
        but=ANY_EXTENSION,
    ),
    Defect(
        "an unknown modifier of a part",
        VISIT,
        put("participant.0.modifierExtension", [extension("not", valueBoolean=True)]),
        at="participant[0].modifierExtension[0]",
        but=ANY_EXTENSION,
    ),
    Defect("rules that are implied", VISIT, put("implicitRules", f"{OWN}/rules"), but=ANY_EXTENSION),
)

STRICTER_THAN_HL7: Final = (
    *under(
        "IN-22",
        Defect("an id in place of content", PERSON, put("maritalStatus", {"id": "x"}), "ele-1", but=STRICTER),
        Defect(
            "onBehalfOf of a role elsewhere",
            TEAM,
            put("participant.0.onBehalfOf", {"reference": "Organization/1"}),
            "ctm-1",
            at="",
            but="the validator cannot resolve the member, and then lets it pass; its type stands in the reference",
        ),
    ),
    *under(
        "IN-20",
        Defect(
            "a value and an extension of two types",
            PERSON,
            both(put("deceasedBoolean", True), put("_deceasedDateTime", HIDDEN)),
            but=STRICTER,
        ),
        Defect(
            "a document type in a narrative",
            CONTACT,
            put("text.div", '<!DOCTYPE div><div xmlns="http://www.w3.org/1999/xhtml">x</div>'),
            but="R4 forbids it (it could define entities); the validator skips it",
        ),
    ),
    *under(
        "IN-23",
        Defect("a name for a reference", VISIT, refer("participant.0.actor", "Tolvan"), but=NOT_LITERAL),
        Defect("a reference without id", VISIT, refer("participant.0.actor", "Patient/"), but=NOT_LITERAL),
        Defect(
            "a reference with an id that is none", VISIT, refer("participant.0.actor", "Patient/a_b"), but=NOT_LITERAL
        ),
        Defect(
            "a reference with a slash before it", VISIT, refer("participant.0.actor", f"/{TO_PERSON}"), but=NOT_LITERAL
        ),
        Defect("a type that R4 does not have", VISIT, refer("supportingInformation.0", "Team/1"), but=NOT_LITERAL),
        Defect(
            "a type that may not stand there, with an identifier alone",
            VISIT,
            put("participant.0.actor", {"type": "Organization", "identifier": {"value": "x"}}),
            but=STRICTER,
        ),
    ),
)

NOT_FOR_HL7: Final = under(
    "IN-21",
    Defect(
        "a media type that is none",
        STAFF,
        put("photo", [{"contentType": "png", "url": "https://x.example/x"}]),
        at="photo[0].contentType",
    ),
    Defect(
        "a currency that is none",
        VISIT,
        extend(valueMoney={"value": 1, "currency": "kr"}),
        at="extension[0].value.currency",
    ),
)
"""Codes of open sets: the validator's answer about them, right ones too, changes from one question to the next."""

LAXER_THAN_HL7: Final = (
    Defect(
        "a language that no registry has",
        PERSON,
        put("language", "xx"),
        but="the registry of languages is not part of R4: only the form is checked",
    ),
    Defect(
        "two elements with one id",
        PERSON,
        put("name", [{"id": "a", "family": "x"}, {"id": "a", "family": "y"}]),
        but="costs a set for each resource; we never write or read these ids",
    ),
    Defect(
        "white space in base64",
        STAFF,
        put("photo", [{"contentType": "image/png", "data": "aGVq aGVq"}]),
        but="R4's expression for base64Binary allows it; the validator decodes strictly",
    ),
    Defect(
        "a short OID",
        VISIT,
        extend(valueOid="urn:oid:1.2.3"),
        but="R4's expression for oid allows it; the validator asks for more arcs",
    ),
    Defect(
        "a code in a contained resource of a type not described",
        VISIT,
        both(
            refer("supportingInformation.0", "#pump"),
            put("contained", [{"resourceType": "Medication", "id": "pump", "status": "x"}]),
        ),
        but="only the models of fhir.resources look at these, and they know no codes",
    ),
    Defect(
        "character data of XML",
        CONTACT,
        div("<![CDATA[x]]>"),
        but="it is text, and not blank; the validator does not count it",
    ),
)

DEFECTS: Final = (*STRUCTURE, *BINDINGS, *INVARIANTS, *TARGETS, *MODIFIERS, *STRICTER_THAN_HL7, *NOT_FOR_HL7)
