"""Patients and staff: who is meant, and what may be said of them."""

from __future__ import annotations

from enum import StrEnum

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from mappings.region.field import CARE, EVERYONE, Regional, shown
from mappings.region.values import Clock, Code, Day, HsaId, IdentityValue, Instant, Language, SourceKey, Text


class IdentityKind(StrEnum):
    """Kinds of patient identity (ID-1)."""

    PERSONNUMMER = "personnummer"
    SAMORDNINGSNUMMER = "samordningsnummer"
    RESERVIDENTITET = "reservidentitet"
    """National, with letters (ID-3)."""
    RESERVNUMMER = "reservnummer"
    """Local; only ever linked to one of the others (ID-1)."""


class Identity(Regional):
    """One number that a patient is known by."""

    kind: IdentityKind = shown(EVERYONE)
    value: IdentityValue = shown(EVERYONE, personal=True)
    """Twelve characters without separator for national numbers; others are normalised to that (ID-2)."""


class PersonName(Regional):
    """A name: in its parts where they are known, else as one text."""

    given: tuple[Text, ...] = shown(EVERYONE, personal=True, default=())
    """First and middle names."""
    family: Text | None = shown(EVERYONE, personal=True, default=None)
    text: Text | None = shown(EVERYONE, personal=True, default=None)
    """The whole name, from systems that do not keep its parts (FK 7.1)."""

    @model_validator(mode="after")
    def _names_somebody(self) -> PersonName:
        if not (self.given or self.family or self.text):
            raise PydanticCustomError("IN-9", "a name that names nobody")
        return self


class ProtectionKind(StrEnum):
    """Protected identity (*skyddade personuppgifter*), as marked (PI-1)."""

    SEKRETESSMARKERING = "sekretessmarkering"
    SKYDDAD_FOLKBOKFORING = "skyddadFolkbokforing"


class SetBy(StrEnum):
    """Where a marking comes from (PI-2, PI-3)."""

    REGISTER = "register"
    HAND = "hand"


class Protection(Regional):
    """The marking of a patient whose name and whereabouts are protected."""

    kind: ProtectionKind = shown(EVERYONE)
    set_by: SetBy = shown(CARE, default=SetBy.REGISTER)


class AddressKind(StrEnum):
    """Kinds of address that a patient may have (ID-11)."""

    HOME = "home"
    """*Bostadsadress*: where she is registered."""
    SPECIAL_POSTAL = "specialPostal"
    """*Särskild postadress*, registered with Skatteverket."""
    BILLING = "billing"
    """*Faktureringsadress*, such as a trustee's."""
    TEMPORARY = "temporary"
    """*Tillfällig adress*, with dates."""
    ABROAD = "abroad"
    """*Utlandsadress*."""


class Address(Regional):
    """A postal address in Sweden or abroad, as written on an envelope."""

    kind: AddressKind = shown(EVERYONE)
    street: Text = shown(EVERYONE, personal=True)
    """Street and number, or box."""
    postal_code: Text | None = shown(EVERYONE, personal=True, default=None)
    town: Text | None = shown(EVERYONE, personal=True, default=None)
    country: Text | None = shown(EVERYONE, personal=True, default=None)
    start: Day | None = shown(EVERYONE, personal=True, default=None)
    end: Day | None = shown(EVERYONE, personal=True, default=None)
    """The last day."""


class Sex(StrEnum):
    """*Kön*, as FHIR writes it (http://hl7.org/fhir/administrative-gender)."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


class PhoneUse(StrEnum):
    """Kinds of phone of a patient (RE-5)."""

    MOBILE = "mobile"
    HOME = "home"
    WORK = "work"


class Phone(Regional):
    """A phone number in the care record; foreign ones too (RE-5)."""

    kind: PhoneUse = shown(CARE)
    value: Text = shown(CARE, personal=True)
    preferred: bool = shown(CARE, default=False)
    """*Önskat telefonalternativ*."""
    sms_allowed: bool | None = shown(CARE, default=None)
    """*Tillåtelse SMS*: reminders may go here, if it is a mobile."""


class ConsentedContactData(Regional):
    """What the patient gave on 1177: read-only, never used for SMS reminders (RE-5)."""

    consented: bool = shown(CARE)
    """Whether she has agreed that care may see it; without that it is shown to nobody."""
    phone: Text | None = shown(CARE, personal=True, default=None)
    email: Text | None = shown(CARE, personal=True, default=None)


class Interpreter(Regional):
    """Whether an interpreter is needed, and for what (*tolkbehov*)."""

    needed: bool = shown(CARE, personal=True)
    language: Language | None = shown(CARE, personal=True, default=None)
    """A language or a variant of sign language: `ar`, `swl` (RE-4)."""


class MembershipKind(StrEnum):
    """*Medlemskap*: who pays for the care of a patient without a Swedish number, or of a Swede abroad (ID-4)."""

    ASYLUM_SEEKER = "asylumSeeker"
    """*Asylsökande*, with an LMA number that may come later (ID-10)."""
    UNDOCUMENTED = "undocumented"
    """*Tillståndslös*."""
    UN_DIRECTIVE = "unDirective"
    """*Medborgare enligt FN:s direktiv*: Ukrainians under the refugee directive."""
    EU_EEA = "euEeaConvention"
    """*EU/EES konvention*: the ordinary fee, for whoever has shown a valid document."""
    SELF_PAYING = "selfPaying"
    """*Självbetalande*: the actual cost."""


class Membership(Regional):
    """One membership of a patient; they are a set (ID-7)."""

    kind: MembershipKind = shown(CARE, personal=True)
    start: Day | None = shown(CARE, default=None)
    end: Day | None = shown(CARE, default=None)
    """The last day."""


class RelationKind(StrEnum):
    """Who somebody is to a patient (SDV 4.7)."""

    GUARDIAN = "guardian"
    """*Vårdnadshavare*, from the population register; falls away when the patient turns 18 (RE-1)."""
    CONTACT_PERSON = "contactPerson"
    """*Kontaktperson*, named by the patient (RE-3)."""


class Relation(Regional):
    """Somebody close to a patient (*patientrelation*)."""

    number: SourceKey = shown(CARE)
    """The source's own number of the relation, unique for the patient."""
    kind: RelationKind = shown(CARE)
    name: PersonName | None = shown(CARE, personal=True, default=None)
    identity: Identity | None = shown(CARE, personal=True, default=None)
    relationship: Text | None = shown(CARE, personal=True, default=None)
    """What a contact person is to the patient, in words."""
    phone: Text | None = shown(CARE, personal=True, default=None)
    interpreter: Interpreter | None = shown(CARE, personal=True, default=None)
    copy_of_summons: bool | None = shown(CARE, default=None)
    """Whether a copy of summonses goes to her (*kopia på kallelse*)."""


class Registration(Regional):
    """Registration in the Swedish population register (*folkbokföring*)."""

    kind: Text | None = shown(CARE, personal=True, default=None)
    """*Typ av folkbokföring*."""
    since: Day | None = shown(CARE, personal=True, default=None)

    @model_validator(mode="after")
    def _says_something(self) -> Registration:
        if self.kind is None and self.since is None:
            raise PydanticCustomError("IN-9", "a registration of nothing")
        return self


class Deregistration(Regional):
    """Why a patient is no longer in the population register; the *personnummer* stays valid (ID-9)."""

    code: Code = shown(CARE, personal=True)
    """*Avregistreringskod*."""
    cause: Text | None = shown(CARE, personal=True, default=None)
    """*Orsak till avregistreringen*."""
    date: Day | None = shown(CARE, personal=True, default=None)


class ReserveNumberDecision(Regional):
    """The decision to carry a patient on a reserve number though she has a *personnummer* (ID-8)."""

    decided: Day = shown(CARE, personal=True)
    by: HsaId | None = shown(CARE, personal=True, default=None)
    """The head of the unit (*verksamhetschef*)."""


class Deceased(Regional):
    """That a patient is dead (DE-1)."""

    on: Day | None = shown(CARE, personal=True, default=None)
    """*Avlidendatum*, where it is known."""


class Patient(Regional):
    """The patient of a booking, a care event or a contact, as the source knows her."""

    identity: Identity = shown(EVERYONE, personal=True)
    identities: tuple[Identity, ...] = shown(CARE, personal=True, default=())
    """Further linked identities (ID-1)."""
    lma_number: Text | None = shown(CARE, personal=True, default=None)
    """Of an asylum seeker's LMA card (ID-10)."""
    passport_number: Text | None = shown(CARE, personal=True, default=None)
    """ID-10."""
    reserve_number_decision: ReserveNumberDecision | None = shown(CARE, personal=True, default=None)
    name: PersonName | None = shown(EVERYONE, personal=True, default=None)
    protection: Protection | None = shown(EVERYONE, default=None)
    sex: Sex | None = shown(CARE, personal=True, default=None)
    birth_date: Day | None = shown(CARE, personal=True, default=None)
    deceased: Deceased | None = shown(CARE, personal=True, default=None)
    phones: tuple[Phone, ...] = shown(CARE, personal=True, default=())
    consented_contact_data: ConsentedContactData | None = shown(CARE, personal=True, default=None)
    """What she gave on 1177 (RE-5)."""
    addresses: tuple[Address, ...] = shown(CARE, personal=True, default=())
    """One of each kind (ID-11)."""
    region_of_registration: Code | None = shown(CARE, personal=True, default=None)
    """Region where the patient is registered (*folkbokförd*); the customer follows from it (ID-6)."""
    registration: Registration | None = shown(CARE, personal=True, default=None)
    deregistration: Deregistration | None = shown(CARE, personal=True, default=None)
    register_asked: Instant | None = shown(CARE, default=None)
    """When the population register (*PU-tjänsten*) last told of her and her guardians (RE-3)."""
    listed_unit: HsaId | None = shown(CARE, personal=True, default=None)
    """*Listningsenhet*."""
    housing: Text | None = shown(CARE, personal=True, default=None)
    """*Särskilt boende*."""
    interpreter: Interpreter | None = shown(CARE, personal=True, default=None)
    memberships: tuple[Membership, ...] = shown(CARE, personal=True, default=())
    relations: tuple[Relation, ...] = shown(CARE, personal=True, default=())
    """Guardians and contact persons."""


class Way(StrEnum):
    """Ways to reach somebody (*kontaktvägar*)."""

    PHONE = "phone"
    DIGITAL = "digital"
    """Chat or the like (FK 6.3)."""


class Weekday(StrEnum):
    """Days as FHIR writes them (http://hl7.org/fhir/days-of-week)."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class Hours(Regional):
    """When somebody can be reached (*kontakttid*)."""

    days: tuple[Weekday, ...] = shown(EVERYONE, min_length=1)
    opens: Clock = shown(EVERYONE)
    closes: Clock = shown(EVERYONE)


class ContactWay(Regional):
    """One way to reach a person, a team or a unit, with its own hours."""

    way: Way = shown(EVERYONE)
    value: Text = shown(EVERYONE, personal=True)
    """A phone number, or the address of a digital service."""
    shown_to_patient: bool | None = shown(CARE, default=None)
    """Whether staff have allowed the patient to see it; what is not said follows from the kind of contact (FK-8)."""
    hours: tuple[Hours, ...] = shown(EVERYONE, default=())


class Person(Regional):
    """A member of staff who is somebody's named contact."""

    name: PersonName | None = shown(EVERYONE, personal=True, default=None)
    hsa_id: HsaId | None = shown(EVERYONE, personal=True, default=None)
    local_id: SourceKey | None = shown(CARE, personal=True, default=None)
    """Another id, where there is no HSA-id (FK-7)."""
    position: Code | None = shown(EVERYONE, default=None)
    """*Befattning*, a code of KV_befattning (FK-5)."""
    contact_ways: tuple[ContactWay, ...] = shown(EVERYONE, personal=True, default=())
    """Direct phone and digital ways, for this patient only (FK-8)."""
