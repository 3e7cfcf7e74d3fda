"""Team visits (domain 3): bookings and care events of the forms team and groupTeam."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from typing import Any

from mappings.codes.tables import STAFF_KVA
from mappings.region.booking import TEAMS, Booking, Form, Line
from mappings.region.care_event import CareEvent, EventStatus, EventType
from mappings.region.catalogue import Source
from mappings.rules.booking import lines
from mappings.rules.rulebook import Facts, Fault, rule


def _team(facts: Facts[Any]) -> bool:
    return facts.message.form in TEAMS


@rule("TE-1", "GR-2", on=(Booking,), attested=True)
def members_answer_for_treatments_of_their_own(facts: Facts[Booking]) -> Iterator[Fault]:
    if not _team(facts):
        return
    for number, line in enumerate(facts.message.lines):
        if line.own_treatment_responsibility is not True:
            yield Fault(
                f"/lines/{number}/ownTreatmentResponsibility",
                "Varje medlem i ett teambesök har självständigt behandlingsansvar: intyga det med "
                "ownTreatmentResponsibility true, eller ta bort raden. Assisterande uppgifter räknas inte.",
                "Every member of a team visit has a treatment responsibility of their own: attest it with "
                "ownTreatmentResponsibility true, or take the line away. Assisting tasks do not count.",
            )


@rule("TE-1", "GR-2", on=(Booking, CareEvent))
def team_is_of_different_professions(facts: Facts[Any]) -> Iterator[Fault]:
    if not _team(facts):
        return
    if _people(facts.message.lines) < 2:
        yield Fault(
            "/lines",
            "I ett teambesök möter patienten två eller flera ur personalen: sänd en rad för var och en, eller form "
            "single.",
            "In a team visit the patient meets two or more members of staff: send a line for each, or form single.",
        )
    elif len({line.profession for line in facts.message.lines} - {None}) < 2:
        yield Fault(
            "/lines",
            "Ett team består av olika yrkesroller: ange dem i profession på varje rad.",
            "A team is of different professions: give them in profession on every line.",
        )


def _people(lines: Any) -> int:
    """How many the patient meets: whoever stands on two lines is one; who a line without staff is, nobody knows."""
    named = [line.staff for line in lines if line.staff]
    return len(set(named)) + len(lines) - len(named)


@rule("TE-2", "GR-2", on=(Booking, CareEvent), attested=True)
def team_visit_ends_in_one_assessment(facts: Facts[Any]) -> Iterator[Fault]:
    if _team(facts) and facts.message.joint_assessment is not True:
        yield Fault(
            "/jointAssessment",
            "Ett teambesök sammanfattas i en samlad bedömning: intyga det med jointAssessment true. Besök som följer "
            "på varandra bara för att underlätta för patienten är enskilda kontakter.",
            "A team visit ends in one joint assessment: attest it with jointAssessment true. Visits one after the "
            "other only for the patient's convenience are single contacts.",
        )


@rule("TE-3", "GR-2", on=(Booking, CareEvent))
def one_owner_the_physician_if_there_is_one(facts: Facts[Any]) -> Iterator[Fault]:
    owners = [number for number, line in enumerate(facts.message.lines) if line.owner]
    if facts.message.form is Form.CO_PLANNED:
        return  # one main action, whoever's it is (BO-25)
    if len(owners) != 1:
        yield Fault(
            "/lines",
            "Besöket har en enda ägare, som det registreras på: sätt owner true på just en rad.",
            "The visit has one owner, on whom it is registered: set owner true on just one line.",
        )
        return
    [owner] = owners
    physicians = [number for number, line in enumerate(facts.message.lines) if _physician(line, facts.source)]
    if _team(facts) and physicians and owner not in physicians:
        yield Fault(
            f"/lines/{owner}/owner",
            "Ingår en läkare i teamet är det läkaren som äger besöket: sätt owner true på läkarens rad.",
            "If there is a physician in the team, the physician owns the visit: set owner true on that line.",
        )


def _physician(line: Any, source: Source) -> bool:
    """By profession, or by staff category where a care event says only that (CO-2)."""
    category = getattr(line, "staff_category", None)
    return source.row("professions", line.profession).says("physician") or STAFF_KVA.get(category or "") == "XS915"


@rule("TE-4", on=(Booking,))
def members_have_the_owners_contact_type(facts: Facts[Booking]) -> Iterator[Fault]:
    if not _team(facts):
        return
    for number, line, service in lines(facts.message, facts.source):
        path = f"/lines/{number}/careService"
        if service["contact_type"] and service["contact_type"] != facts.message.contact_type and not line.owner:
            yield Fault(
                path,
                "Den som medverkar bokas med en vårdtjänst som har samma kontakttyp som ägaren: byt careService på "
                "raden.",
                "Those who take part are booked on a care service with the owner's contact type: change careService on "
                "the line.",
            )
        if service.code and service["team"] != ("owner" if line.owner else "participation"):
            yield Fault(
                path,
                "Ägaren bokas med en vårdtjänst för team, de andra med en för medverkande: byt careService på raden.",
                "The owner is booked on a care service for teams, the others on one for participation: change "
                "careService on the line.",
                warns=True,
            )


@rule("TE-5", "GR-2", on=(Booking,))
def new_visit_is_one_for_every_member(facts: Facts[Booking]) -> Iterator[Fault]:
    if not _team(facts):
        return
    types = facts.source.table("visit-types")
    if not facts.source.row("visit-types", facts.message.visit_type).says("new"):
        return
    for number, line, service in lines(facts.message, facts.source):
        own = types.get(service["visit_type"])
        if own and not line.owner and not own.says("new"):
            yield Fault(
                f"/lines/{number}/careService",
                "Är teambesöket ett nybesök är det ett nybesök för alla som medverkar: byt careService på raden till "
                "en för nybesök.",
                "If the team visit is a new visit, it is one for every member: change careService on the line to one "
                "for new visits.",
            )


@rule("TE-6", "GR-2", on=(Booking,))
def members_start_together_and_take_as_long(facts: Facts[Booking]) -> Iterator[Fault]:
    """Of a visit that was booked straight; by co-planning they may take different times (TE-12)."""
    booking, owner = facts.message, facts.message.owner
    if not _team(facts) or booking.co_planned:
        return
    for number, line in enumerate(booking.lines):
        if _starts_apart(line, owner):
            yield Fault(
                f"/lines/{number}/start",
                "Medlemmarna i ett teambesök börjar samtidigt: ge raden ägarens start.",
                "The members of a team visit start at the same time: give the line the owner's start.",
            )
        if line.duration and owner.duration and line.duration != owner.duration:
            yield Fault(
                f"/lines/{number}/duration",
                "Medlemmarna i ett teambesök har samma tidsåtgång; är de olika är det samplanering: sänd joins true på "
                "alla rader utom ägarens, eller ge raden ägarens duration.",
                "The members of a team visit have the same duration; different ones are co-planning: send joins true "
                "on all lines but the owner's, or give the line the owner's duration.",
            )


@rule("TE-6", "GR-2", on=(Booking,))
def each_member_stands_in_a_time_book_of_its_own(facts: Facts[Booking]) -> Iterator[Fault]:
    """That of the staff, else of the room or the equipment; a line without any stands on a care service's schedule."""
    booking = facts.message
    if not _team(facts) or _people(booking.lines) < 2:
        return
    books = [line.staff or line.room or line.equipment for line in booking.lines]
    for number, book in enumerate(books):
        if book and book in books[:number]:
            yield Fault(
                f"/lines/{number}",
                "Var och en i ett teambesök bokas i en egen tidbok: ange en annan vårdpersonal, lokal eller "
                "utrustning, eller ta bort raden.",
                "Each member of a team visit is booked in a time book of its own: send other staff, another room or "
                "other equipment, or take the line away.",
            )


@rule("TE-12", "GR-2", on=(Booking,))
def co_planned_members_share_the_main_start(facts: Facts[Booking]) -> Iterator[Fault]:
    """The one visit that is registered at the desk is the booking's own arrival: no line has one."""
    booking = facts.message
    if not _team(facts) or not booking.co_planned:
        return
    for number, line in enumerate(booking.lines):
        if _starts_apart(line, booking.owner):
            yield Fault(
                f"/lines/{number}/start",
                "Samplanerade vårdåtgärder i ett teambesök hamnar på samma klockslag som huvudåtgärden: ge raden "
                "ägarens start.",
                "Co-planned actions of a team visit have the clock time of the main action: give the line the owner's "
                "start.",
            )


def _starts_apart(line: Line, owner: Line) -> bool:
    return bool(line.start and owner.start and line.start.astimezone(UTC) != owner.start.astimezone(UTC))


@rule("TE-8", on=(Booking, CareEvent))
def visit_is_registered_where_the_patient_went(facts: Facts[Any]) -> Iterator[Fault]:
    """The owner's line stands at the performing unit; another line may be a consultation of another unit."""
    visit = facts.message
    for number, line in enumerate(visit.lines):
        if line is visit.owner and line.unit not in (None, visit.performing_unit):
            yield Fault(
                f"/lines/{number}/unit",
                "Besöket registreras på den enhet som patienten fysiskt besöker: sänd den som performingUnit och ta "
                "bort unit från ägarens rad.",
                "The visit is registered at the unit that the patient physically visits: send that as performingUnit, "
                "and take unit away from the owner's line.",
            )


@rule("TE-10", on=(Booking, CareEvent))
def team_visits_are_outpatient_or_home_care(facts: Facts[Any]) -> Iterator[Fault]:
    if _team(facts) and facts.catalogue.unit(facts.message.performing_unit)["care_form"] == "inpatient":
        yield Fault(
            "/performingUnit",
            "Teambesök finns bara i öppenvård och hemsjukvård: sänd den mottagning där besöket görs, eller form "
            "admission för ett vårdtillfälle.",
            "Team visits exist only in outpatient and home health care: send the clinic where the visit is made, or "
            "form admission for inpatient care.",
        )


@rule("TE-9", on=(CareEvent,))
def member_counts_by_documented_work(facts: Facts[CareEvent]) -> Iterator[Fault]:
    if not _team(facts) or facts.message.status is not EventStatus.FINISHED:
        return
    for number, line in enumerate(facts.message.lines):
        if line.documented is not True:
            yield Fault(
                f"/lines/{number}/documented",
                "Medlemmen räknas i teamet bara med eget arbete som dokumenterats i journalen: sänd documented true "
                "när det är gjort.",
                "The member counts in the team only with independent work that is documented in the record: send "
                "documented true once it is.",
                warns=True,
            )


NO_TEAM = frozenset(
    {EventType.ACUTE, EventType.OBSERVATION, EventType.INPATIENT, EventType.NEWBORN, EventType.FOETUS}
    | {EventType.PRE_REGISTERED_ADMISSION, EventType.WITHOUT_VISIT, EventType.ADMIN}
)
"""Types that are neither an outpatient visit nor one of home health care (TE-10)."""


@rule("TE-10", on=(CareEvent,))
def team_visit_is_outpatient(facts: Facts[CareEvent]) -> Iterator[Fault]:
    if _team(facts) and facts.message.event_type in NO_TEAM:
        yield Fault(
            "/eventType",
            "Teambesök finns bara som öppenvårdsbesök eller hemsjukvårdsbesök: sänd en sådan typ, eller form single.",
            "Team visits exist only as outpatient or home health care visits: send such a type, or form single.",
        )
