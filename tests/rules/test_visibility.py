"""What each audience sees of each kind of message (kind V of the rules)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from mappings.problem import Json
from mappings.region.field import Audience, audiences
from mappings.rules.visibility import PATIENTS, seen
from tests.region.sample import sample
from tests.rules.full import IN_FULL
from tests.rules.messages import (
    GONE,
    NOW,
    accepted,
    booking,
    changed,
    event,
    home_care,
    of_a_child,
    parsed,
    physician,
)

REGION = sample()

PATIENT_SEES_OF_HERSELF = {
    "patient.identity.kind",
    "patient.identity.value",
    "patient.name.given",
    "patient.name.family",
    "patient.name.text",
    "patient.protection.kind",
}

PATIENT_SEES = {
    "booking": PATIENT_SEES_OF_HERSELF
    | {"source", "number", "form", "status", "contactType", "visitType", "acute", "performingUnit"}
    | {"actions", "summons.way", "summons.freeText", "summons.text", "reason", "addOns", "replaces", "arrival.at"}
    | {f"cancellation.{name}" for name in ("reason", "systemReason", "at", "by", "toBeInvoiced")}
    | {f"rebookings.{name}" for name in ("start", "duration", "reason", "at", "by", "toBeInvoiced")}
    | {f"selfCheckIn.{name}" for name in ("patientFee", "feeReduction", "patientInformation")}
    | {f"chain.{name}" for name in ("id", "order", "primary")}
    | {f"lines.{name}" for name in ("number", "owner", "profession", "staff", "careService", "start", "duration")}
    | {"lines.room", "lines.unit"},
    "care-event": PATIENT_SEES_OF_HERSELF
    | {"source", "number", "booking", "form", "status", "eventType", "contactType", "performingUnit", "start", "end"}
    | {"visitType", "careArea", "visitKind", "reason", "addOns", "bookedTime"}
    | {f"lines.{name}" for name in ("number", "owner", "profession", "staff", "unit")}
    | {f"{name}.{part}" for name in ("diagnoses", "procedures") for part in ("number", "code", "line", "atc")}
    | {"externalCauses.number", "externalCauses.code"}
    | {"fee.amount", "fee.reasonForNone", "fee.wayOfPayment"},
    "patient": PATIENT_SEES_OF_HERSELF | {"source", "id"},
    "named-contact": PATIENT_SEES_OF_HERSELF
    | {"source", "id", "kind", "status", "role", "about", "start", "end"}
    | {"person.name.given", "person.name.family", "person.name.text", "person.hsaId", "person.position"}
    | {
        "unit.hsaId",
        "unit.name",
        "unit.careProvider",
        "unit.street",
        "unit.postalCode",
        "unit.town",
        "unit.publicPhone",
    }
    | {"unit.eServices.name", "unit.eServices.url", "team.id", "team.name", "team.comment"}
    | {f"{who}.contactWays.{name}" for who in ("person", "team", "unit") for name in ("way", "value")}
    | {f"{who}.contactWays.hours.{name}" for who in ("person", "team", "unit") for name in ("days", "opens", "closes")},
}
"""Written by hand: a field that gains a reader, or loses one, is seen here."""

ONLY_SYSTEMS_SEE = {"booking": set(), "care-event": {"kva", "lines.kva"}, "named-contact": set(), "patient": set()}


def leaves(value: Any, prefix: str = "") -> Iterator[str]:
    """The dotted path of every value in a JSON object, lists gone through."""
    if isinstance(value, dict):
        for name, child in value.items():
            yield from leaves(child, f"{prefix}.{name}".strip("."))
    elif isinstance(value, list):
        for child in value:
            yield from leaves(child, prefix)
    else:
        yield prefix


def declared(model: type[BaseModel], audience: Audience | None, prefix: str = "") -> Iterator[str]:
    """The dotted path of every field that declares an audience, and all around it does; of every field for None."""
    for name, field in model.model_fields.items():
        if audience is None or audience in audiences(model, name):
            path = f"{prefix}.{field.alias}".strip(".")
            inner = next(models(field.annotation), None)
            yield from declared(inner, audience, path) if inner else (path,)


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from models(argument)


def sees(audience: Audience, message: Json, now: datetime = NOW) -> Json | None:
    return seen(parsed(message), audience, now, REGION)


def complete(kind: str) -> Json:
    """Every field filled in, but for what hides the whole from the patient or her guardian (RE-1)."""
    return of_a_child({name: value for name, value in IN_FULL[kind].items() if name != "missing"})


# -- every field, every audience -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", IN_FULL)
def test_no_field_is_left_out_of_these_tests(kind: str) -> None:
    assert set(leaves(sees(Audience.OPERATOR, IN_FULL[kind]))) == set(declared(type(parsed(IN_FULL[kind])), None))


@pytest.mark.parametrize("kind", IN_FULL)
@pytest.mark.parametrize("audience", Audience)
def test_an_audience_sees_just_what_declares_it(audience: Audience, kind: str) -> None:
    wanted = set(declared(type(parsed(IN_FULL[kind])), audience))
    beside = {"actions"} if audience in PATIENTS and kind == "booking" else set()
    assert set(leaves(sees(audience, complete(kind)))) == wanted - {"missing"} | beside


@pytest.mark.parametrize("kind", IN_FULL)
@pytest.mark.parametrize("audience", sorted(PATIENTS))
def test_a_patient_and_her_guardian_see_this_and_nothing_else(audience: Audience, kind: str) -> None:
    assert set(leaves(sees(audience, complete(kind)))) == PATIENT_SEES[kind]


@pytest.mark.parametrize("kind", IN_FULL)
def test_staff_see_all_but_what_only_systems_need(kind: str) -> None:
    every = set(leaves(sees(Audience.OPERATOR, IN_FULL[kind])))
    for audience in (Audience.STAFF, Audience.STAFF_WITH_RELATION):
        assert every - set(leaves(sees(audience, IN_FULL[kind]))) == ONLY_SYSTEMS_SEE[kind]
    assert every == set(leaves(sees(Audience.SOURCE, IN_FULL[kind])))


# -- what the rules say ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "kind", "hidden"),
    [
        ("BO-13", "booking", {"basis.information"}),
        ("BO-28", "booking", {"basis.deskInformation"}),
        ("BO-1", "booking", {"basis.kind", "basis.number", "basis.customer", "basis.agreement", "basis.category1"}),
        ("BO-10", "booking", {"noMedicalConnection"}),
        ("TE-1", "booking", {"lines.ownTreatmentResponsibility"}),
        ("TE-2", "booking", {"jointAssessment"}),
        ("CA-1", "booking", {"cancellation.backToWaitingList"}),
        ("TE-2", "care-event", {"jointAssessment"}),
        ("CO-2", "care-event", {"lines.staffCategory"}),
        ("CO-4", "care-event", {"kva", "lines.kva"}),
        ("FK-8", "named-contact", {"unit.careToCarePhone", "person.contactWays.shownToPatient"}),
        ("FK-2", "named-contact", {"attested.competence", "attested.listedAtUnit", "attested.regionallyFunded"}),
        ("FK-3", "named-contact", {"attested.lifeThreatening", "attested.licensedPhysician"}),
        ("FK-4", "named-contact", {"attested.assistantNurse", "attested.partOfUnit"}),
        ("PI-1", "booking", {"patient.phones.value", "patient.addresses.street", "patient.regionOfRegistration"}),
        ("PI-3", "booking", {"patient.protection.setBy"}),
    ],
)
def test_what_a_rule_keeps_from_the_patient_staff_may_see(rule: str, kind: str, hidden: set[str]) -> None:
    assert not hidden & PATIENT_SEES[kind], rule
    assert hidden - ONLY_SYSTEMS_SEE[kind] <= set(leaves(sees(Audience.STAFF, IN_FULL[kind]))), rule


@pytest.mark.parametrize("kind", IN_FULL)
def test_a_patient_is_not_shown_versions(kind: str) -> None:
    assert "version" not in PATIENT_SEES[kind]


@pytest.mark.parametrize("audience", Audience)
def test_BO_13_booking_information_is_never_on_1177(audience: Audience) -> None:
    shown = sees(audience, changed(booking(), "/basis/information", "Hämtas i entrén"))
    assert ("Hämtas i entrén" in str(shown)) == (audience not in PATIENTS)


@pytest.mark.parametrize("audience", Audience)
def test_BO_28_information_to_the_desk_is_for_reception_and_never_on_1177(audience: Audience) -> None:
    shown = sees(audience, changed(booking(), "/basis/deskInformation", "Frikort visas"))
    assert ("Frikort visas" in str(shown)) == (audience not in PATIENTS)


@pytest.mark.parametrize("audience", Audience)
def test_CO_4_xs_codes_are_never_shown_to_users(audience: Audience) -> None:
    shown = seen(accepted(event()), audience, NOW, REGION)
    assert ("XS9" in str(shown)) == (audience in (Audience.SOURCE, Audience.OPERATOR))


def test_the_only_free_text_of_a_booking_that_a_patient_reads_is_the_summons() -> None:
    shown = sees(Audience.PATIENT, booking())
    assert shown is not None
    assert shown["summons"]["freeText"] == "Ta med blodsockerdagbok.\nKom tio minuter före."
    assert "basis" not in shown


@pytest.mark.parametrize("status", ["booked", "arrived", "completed", "cancelled", "noShow"])
def test_BO_16_a_patient_sees_what_is_booked_or_later(status: str) -> None:
    assert sees(Audience.PATIENT, changed(booking(), "/status", status))


@pytest.mark.parametrize("status", ["waiting", "preliminary", "annulled"])
@pytest.mark.parametrize("audience", Audience)
def test_BO_16_what_is_not_yet_booked_or_never_was_only_care_sees(audience: Audience, status: str) -> None:
    assert (sees(audience, changed(booking(), "/status", status)) is None) == (audience in PATIENTS)


@pytest.mark.parametrize(("place", "value"), [("/status", "annulled"), ("/eventType", "annulled")])
def test_an_annulled_event_is_not_shown_to_the_patient(place: str, value: str) -> None:
    assert sees(Audience.PATIENT, event())
    assert sees(Audience.PATIENT, changed(event(), place, value)) is None
    assert sees(Audience.STAFF, changed(event(), place, value))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("/status", "ended"),
        ("/status", "annulled"),
        ("/start", "2026-11-21"),
        ("/end", "2026-11-19"),
    ],
)
@pytest.mark.parametrize("audience", Audience)
def test_FK_12_a_contact_is_shown_while_active_and_of_today(audience: Audience, place: str, value: str) -> None:
    assert sees(audience, of_a_child(physician()))
    assert (sees(audience, of_a_child(changed(physician(), place, value))) is None) == (audience in PATIENTS)


def test_FK_12_a_contact_is_shown_from_its_first_day_through_its_last() -> None:
    of_a_day = changed(changed(physician(), "/start", "2026-11-20"), "/end", "2026-11-20")
    shown = {day for day in (19, 20, 21) if sees(Audience.PATIENT, of_a_day, NOW.replace(day=day))}
    assert shown == {20}


def test_FK_12_a_contact_without_dates_is_of_today() -> None:
    assert sees(Audience.PATIENT, changed(physician(), "/start", GONE))


def test_FK_11_an_incomplete_contact_is_not_shown_to_the_patient() -> None:
    without_hsa_id = accepted(changed(physician(), "/person/hsaId", GONE))
    assert seen(without_hsa_id, Audience.PATIENT, NOW, REGION) is None
    shown = seen(without_hsa_id, Audience.STAFF, NOW, REGION)
    assert shown is not None
    assert shown["missing"] == ["person.hsaId"]


@pytest.mark.parametrize(("said", "shown"), [(True, True), (False, False), (GONE, False)])
def test_FK_8_a_direct_number_is_shown_to_the_patient_only_if_staff_allow_it(said: object, shown: bool) -> None:
    contact = accepted(changed(physician(), "/person/contactWays/0/shownToPatient", said))
    for_patient, for_staff = (seen(contact, audience, NOW, REGION) for audience in (Audience.PATIENT, Audience.STAFF))
    assert for_patient
    assert for_staff
    assert ("contactWays" in for_patient["person"]) == shown
    assert for_staff["person"]["contactWays"][0]["value"] == "035-99 88 77"


def test_FK_8_a_home_care_contacts_number_is_shown_unless_somebody_says_no() -> None:
    contact = accepted(changed(home_care(), "/person/contactWays/0/shownToPatient", GONE))
    shown = seen(contact, Audience.PATIENT, NOW, REGION)
    assert shown
    assert shown["person"]["contactWays"][0]["value"] == "035-99 88 66"


@pytest.mark.parametrize("who", ["team", "unit"])
def test_FK_8_a_number_of_the_team_or_the_unit_can_be_hidden_too(who: str) -> None:
    for said in (True, GONE):
        shown = sees(Audience.PATIENT, changed(complete("named-contact"), f"/{who}/contactWays/0/shownToPatient", said))
        assert shown
        assert "contactWays" in shown[who]
    hidden = sees(Audience.PATIENT, changed(complete("named-contact"), f"/{who}/contactWays/0/shownToPatient", False))
    assert hidden
    assert "contactWays" not in hidden[who]


@pytest.mark.parametrize("audience", Audience)
def test_PI_1_nobody_is_told_where_a_protected_patient_is_listed(audience: Audience) -> None:
    shown = sees(audience, complete("named-contact") | {"kind": "physician"})
    assert shown
    assert set(shown["unit"]) - {"localId"} == {"hsaId", "name", "eServices", "careProvider"}
