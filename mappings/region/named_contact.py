"""The named contact (*fast kontakt*): one person who is there for one patient."""

from __future__ import annotations

from enum import StrEnum

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from mappings.region.field import CARE, EVERYONE, Regional, says_something, shown
from mappings.region.people import Patient, Person
from mappings.region.unit import Team, Unit
from mappings.region.values import Code, Day, HsaId, SourceKey, Text


class ContactKind(StrEnum):
    """Kinds of named contact (FK-1). The first four are the national code system's."""

    PHYSICIAN = "physician"
    """*Fast läkarkontakt i primärvård* (FK-2)."""
    CARE_CONTACT = "careContact"
    """*Fast vårdkontakt* (FK-3)."""
    COORDINATING = "coordinatingCareContact"
    """*Fast vårdkontakt med övergripande samordningsansvar* (FK-3)."""
    HOME_CARE = "homeCareContact"
    """*Fast omsorgskontakt i hemtjänsten* (FK-4)."""
    OTHER = "other"
    """Contact nurse, diabetes nurse and the like, with a role of the region's own (FK-13)."""


class ContactStatus(StrEnum):
    """Where a contact stands (FK-9)."""

    REQUESTED = "requested"
    """*Begärd*: the patient has asked for one."""
    NEEDED = "needed"
    """Care has found that the patient needs one, or she was allocated one (*tilldelad*)."""
    OFFERED = "offered"
    """*Erbjuden*."""
    ACTIVE = "active"
    """*Utsedd*: appointed."""
    DECLINED = "declined"
    """*Avböjd*: the patient wants none."""
    UNNEEDED = "unneeded"
    """*Uppenbart obehövd*: in home care, where none needs to be offered (FK-22)."""
    ENDED = "ended"
    ANNULLED = "annulled"


class Ground(StrEnum):
    """Why a contact is appointed (FK 3.1, 4.1, appendix 1)."""

    PATIENT = "patientRequest"
    CARE = "careNeed"
    """Care has found that the patient needs safety, continuity and co-ordination."""
    DISCHARGE = "dischargeLaw"
    """The law on co-operation at discharge (2017:612): the unit that took in the admission message appoints one."""
    LIFE_THREATENING = "lifeThreatening"
    HOME_CARE = "homeCare"


class Side(StrEnum):
    """Who of the patient's side declined, or was told."""

    PATIENT = "patient"
    NEXT_OF_KIN = "nextOfKin"
    """*Närstående* (FK-17)."""


class TellingWay(StrEnum):
    """How she was told who it is (FK, appendix 1)."""

    PORTAL = "portal"
    """It is seen on 1177, and that is enough."""
    PERSONALLY = "personally"


class WrittenIn(StrEnum):
    """Where in its source a contact was written (FK-19)."""

    NOTE = "note"
    """A note of the record (*journalanteckning*)."""
    PATIENT_CARD = "patientCard"
    LISTING = "listing"
    """The system in which patients are listed with a unit (FK-11)."""


class Competence(StrEnum):
    """What makes a physician a fixed physician in primary care (FK-2)."""

    GENERAL_MEDICINE = "generalMedicine"
    IN_TRAINING = "generalMedicineInTraining"
    PAEDIATRICS = "paediatrics"
    GERIATRICS = "geriatrics"
    EQUAL = "equalCompetence"


class AssistantNurse(StrEnum):
    """What makes somebody a home-care contact (FK-4)."""

    PROTECTED_TITLE = "protectedTitle"
    EMPLOYED_2023 = "employedOn2023-07-01"
    """Permanently employed under the title on that day: until 2033-06-30."""


class Missing(StrEnum):
    """Mandatory items that a contact may lack: it is then incomplete (FK-11)."""

    PERSON_HSA_ID = "person.hsaId"
    PERSON_ID = "person.id"
    PERSON_POSITION = "person.position"
    TEAM_ID = "team.id"
    TEAM_NAME = "team.name"
    UNIT = "unit"
    UNIT_ID = "unit.id"
    UNIT_NAME = "unit.name"
    UNIT_ADDRESS = "unit.address"
    UNIT_TOWN = "unit.town"
    UNIT_E_SERVICES = "unit.eServices"
    UNIT_PUBLIC_PHONE = "unit.publicPhone"
    UNIT_CARE_TO_CARE_PHONE = "unit.careToCarePhone"


class Attestation(Regional):
    """The sender's word for what data cannot show."""

    competence: Competence | None = shown(CARE, default=None)
    """FK-2: what kind of physician."""
    listed_at_unit: bool | None = shown(CARE, default=None)
    """FK-2: the patient is listed at the unit."""
    regionally_funded: bool | None = shown(CARE, default=None)
    """FK-2: the unit is primary care that the region pays for."""
    life_threatening: bool | None = shown(CARE, personal=True, default=None)
    """FK-3: the patient's condition is life-threatening (*livshotande tillstånd*)."""
    licensed_physician: bool | None = shown(CARE, default=None)
    """FK-3: the contact is a licensed physician."""
    assistant_nurse: AssistantNurse | None = shown(CARE, default=None)
    """FK-4."""
    part_of_unit: bool | None = shown(CARE, default=None)
    """FK-4: the contact belongs to the unit that carries out the care."""
    main_care_given_here: bool | None = shown(CARE, default=None)
    """FK-14: the main care is given where the contact works."""
    medically_responsible: bool | None = shown(CARE, default=None)
    """FK-16: the contact is medically responsible for the patient (*medicinskt ansvarig*)."""
    in_service_with_care: bool | None = shown(CARE, default=None)
    """FK-17: the physician belongs to the service that has the care."""
    main_responsibility: bool | None = shown(CARE, default=None)
    """FK-17: the physician bears the main responsibility for the care."""

    @model_validator(mode="after")
    def _attests_something(self) -> Attestation:
        if all(value is None for _, value in self):
            raise PydanticCustomError("IN-9", "an attestation of nothing")
        return self


class Need(Regional):
    """Why and since when the patient is to have a contact (FK-9, FK-18)."""

    ground: Ground = shown(CARE, personal=True)
    day: Day | None = shown(CARE, default=None)
    """When she asked, the need was found, or the admission message (*inskrivningsmeddelande*) came."""
    receiving_unit: HsaId | None = shown(CARE, default=None)
    """The unit that took in the admission message; it appoints the contact."""
    municipality_too: bool | None = shown(CARE, default=None)
    """She needs care of both the municipality and the region after discharge."""
    ready_for_discharge: Day | None = shown(CARE, default=None)
    """When notice was given that she is ready for discharge (*utskrivningsklar*)."""
    plan_by: Day | None = shown(CARE, default=None)
    """Derived: the last day to call a co-ordinated individual plan (*SIP*), three days after that notice (FK-18)."""
    discharged: Day | None = shown(CARE, default=None)


class NotAppointed(Regional):
    """That no contact is wanted or needed, documented: who, when (FK-9, FK-22)."""

    day: Day = shown(CARE)
    documented_by: HsaId = shown(CARE)
    by: Side | None = shown(CARE, default=None)
    """Who declined; nobody where it is obviously unneeded."""


class Telling(Regional):
    """That the patient or her next of kin was told of the contact, of a change or of its end (FK-9, FK-17)."""

    day: Day = shown(CARE)
    whom: Side = shown(CARE)
    way: TellingWay = shown(CARE)


class Coordination(Regional):
    """How several contacts work together; shown to other staff only with the patient's consent (FK-15)."""

    consent: bool | None = shown(CARE, default=None)
    """*Samtycke* to sharing what is here."""
    medically_responsible: Text | None = shown(CARE, default=None)
    """Who is, where the contact is not (FK-16)."""
    agreement: Text | None = shown(CARE, default=None)
    """The co-ordinated plan (*SIP*), care plan or agreement that says how they work together (FK-21)."""
    review: Day | None = shown(CARE, default=None)
    """When the need is considered again (*omprövning*, FK-21)."""

    @model_validator(mode="after")
    def _says_something(self) -> Coordination:
        return says_something(self)


class NamedContact(Regional):
    """A named person who co-ordinates or answers for a patient's care."""

    source: SourceKey = shown(EVERYONE)
    id: SourceKey = shown(EVERYONE)
    """The source's own id of the contact."""
    version: int = shown(CARE, ge=0, le=2**63 - 1)
    patient: Patient = shown(EVERYONE, personal=True)
    kind: ContactKind = shown(EVERYONE)
    status: ContactStatus = shown(EVERYONE)
    role: Code | None = shown(EVERYONE, default=None)
    """What an other contact is, a code of the source's table (FK-13)."""
    about: Text | None = shown(EVERYONE, default=None)
    """What to turn to the contact about (FK-13)."""
    start: Day | None = shown(EVERYONE, default=None)
    end: Day | None = shown(EVERYONE, default=None)
    """The last day."""
    person: Person | None = shown(EVERYONE, personal=True, default=None)
    """Who it is; nobody before one is appointed."""
    unit: Unit | None = shown(EVERYONE, default=None)
    """Where the contact works; what is left out is filled in from the region's catalogue."""
    team: Team | None = shown(EVERYONE, default=None)
    need: Need | None = shown(CARE, personal=True, default=None)
    not_appointed: NotAppointed | None = shown(CARE, personal=True, default=None)
    told: tuple[Telling, ...] = shown(CARE, personal=True, default=(), max_length=100)
    replaces: SourceKey | None = shown(CARE, default=None)
    """The source's id of the contact whose successor this is; that one ends the day before (FK-9)."""
    coordination: Coordination | None = shown(CARE, personal=True, default=None)
    written_in: WrittenIn | None = shown(CARE, default=None)
    attested: Attestation | None = shown(CARE, default=None)
    missing: tuple[Missing, ...] = shown(CARE, default=())
    """Derived: the mandatory items that it lacks; not empty means incomplete (FK-11)."""

    @property
    def appointed(self) -> bool:
        """Whether it is or was somebody's contact."""
        return self.status in (ContactStatus.ACTIVE, ContactStatus.ENDED)
