"""Team visits (domain 3): bookings and care events of the form team."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mappings.region.booking import Booking, Form
from mappings.region.care_event import CareEvent
from mappings.rules.booking import lines
from mappings.rules.rulebook import Facts, Fault, rule


def _team(facts: Facts[Any]) -> bool:
    return facts.message.form is Form.TEAM


@rule("TE-1", on=(Booking,), attested=True)
def members_answer_for_treatments_of_their_own(facts: Facts[Booking]) -> Iterator[Fault]:
    if not _team(facts):
        return
    for number, line in enumerate(facts.message.lines):
        if line.own_treatment_responsibility is not True:
            yield Fault(
                f"/lines/{number}/ownTreatmentResponsibility",
                "Varje medlem i ett teambesök har självständigt behandlingsansvar: intyga det, eller ta bort raden. Assisterande uppgifter räknas inte.",
                "Every member of a team visit has a treatment responsibility of their own: attest it, or take the line away. Assisting tasks do not count.",
            )


@rule("TE-1", on=(Booking, CareEvent))
def team_is_of_different_professions(facts: Facts[Any]) -> Iterator[Fault]:
    if not _team(facts):
        return
    if len(facts.message.lines) < 2:
        yield Fault(
            "/lines",
            "I ett teambesök möter patienten två eller flera: sänd en rad för var och en, eller form single.",
            "In a team visit the patient meets two or more: send a line for each, or form single.",
        )
    elif len({line.profession for line in facts.message.lines} - {None}) < 2:
        yield Fault(
            "/lines",
            "Ett team består av olika yrkesroller: ange dem i profession.",
            "A team is of different professions: give them in profession.",
        )


@rule("TE-2", on=(Booking, CareEvent), attested=True)
def team_visit_ends_in_one_assessment(facts: Facts[Any]) -> Iterator[Fault]:
    if _team(facts) and facts.message.joint_assessment is not True:
        yield Fault(
            "/jointAssessment",
            "Ett teambesök sammanfattas i en samlad bedömning: intyga det med jointAssessment true. Besök efter varandra bara för patientens bekvämlighet är enskilda kontakter.",
            "A team visit ends in one joint assessment: attest it with jointAssessment true. Visits one after the other only for the patient's convenience are single contacts.",
        )


@rule("TE-3", on=(Booking, CareEvent))
def one_owner_the_physician_if_there_is_one(facts: Facts[Any]) -> Iterator[Fault]:
    owners = [number for number, line in enumerate(facts.message.lines) if line.owner]
    if len(owners) != 1:
        yield Fault(
            "/lines",
            "Besöket har en ägare, som det registreras på: sätt owner true på just en rad.",
            "The visit has one owner, on whom it is registered: set owner true on just one line.",
        )
        return
    physicians = [
        number
        for number, line in enumerate(facts.message.lines)
        if facts.source.row("professions", line.profession).says("physician")
    ]
    if physicians and owners[0] not in physicians:
        yield Fault(
            f"/lines/{owners[0]}/owner",
            "Ingår en läkare i teamet är det läkaren som äger besöket.",
            "If there is a physician in the team, the physician owns the visit.",
        )


@rule("TE-4", on=(Booking,))
def members_have_the_owners_contact_type(facts: Facts[Booking]) -> Iterator[Fault]:
    if not _team(facts):
        return
    for number, line, service in lines(facts.message, facts.source):
        path = f"/lines/{number}/careService"
        if service["contact_type"] and service["contact_type"] != facts.message.contact_type and not line.owner:
            yield Fault(
                path,
                "Medverkande bokar en vårdtjänst med samma kontakttyp som ägaren.",
                "Those who take part book a care service with the owner's contact type.",
            )
        if service.code and service["team"] != ("owner" if line.owner else "participation"):
            yield Fault(
                path,
                "Ägarens vårdtjänst är en teamtjänst, de andras en för medverkan.",
                "The owner's care service is one for teams, the others' one for participation.",
                warns=True,
            )


@rule("TE-5", on=(Booking,))
def new_visit_is_one_for_every_member(facts: Facts[Booking]) -> Iterator[Fault]:
    if not _team(facts):
        return
    new = facts.source.row("visit-types", facts.message.visit_type).says("new")
    for number, line, service in lines(facts.message, facts.source):
        own = service["visit_type"]
        if own and not line.owner and facts.source.row("visit-types", own).says("new") != new:
            yield Fault(
                f"/lines/{number}/careService",
                "Är teambesöket ett nybesök är det ett nybesök för alla som medverkar.",
                "If the team visit is a new visit, it is one for every member.",
            )


@rule("TE-6", on=(Booking,))
def members_start_together_and_take_as_long(facts: Facts[Booking]) -> Iterator[Fault]:
    if not _team(facts):
        return
    owner = facts.message.owner
    for number, line in enumerate(facts.message.lines):
        if line.start != owner.start:
            yield Fault(
                f"/lines/{number}/start",
                "Medlemmarna i ett teambesök börjar samtidigt.",
                "The members of a team visit start at the same time.",
            )
        if line.duration != owner.duration:
            yield Fault(
                f"/lines/{number}/duration",
                "Medlemmarna har samma tidsåtgång; har de olika, används samplanering.",
                "The members have the same duration; with different ones, co-planning is used.",
            )
