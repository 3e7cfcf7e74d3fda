"""What each thing is known by: the keys of the resources (Decided 3)."""

from __future__ import annotations

from typing import Any

from mappings.codes import systems
from mappings.region.people import Identity, MembershipKind, Person
from mappings.region.unit import Unit
from mappings.shape.codec import plain, reference
from mappings.shape.key import Key
from mappings.shape.template import Codec, Context, Echo


def patient_key(identity: Identity) -> Key:
    """Raises ValueError for a local number: it never identifies a patient alone (ID-1)."""
    system = systems.identity_system(identity.kind.value)
    if system is None:
        raise ValueError("local number")
    return Key("Patient", system, identity.value)


def patient_of(key: Key) -> Identity:
    """Whose key it is. Raises ValueError for the key of something else."""
    return Identity.model_validate(_identity(key))


def _identity(key: Key) -> dict[str, str]:
    return {"kind": _kind(key.system), "value": key.value}


def _kind(system: Any) -> str:
    for kind in ("personnummer", "samordningsnummer", "reservidentitet"):
        if systems.identity_system(kind) == system:
            return kind
    raise ValueError("identity system")


PATIENT = reference("Patient", lambda identity, _: patient_key(identity), _identity)


def _identity_kind(system: Any, context: Context) -> str:
    return "reservnummer" if system == context.vocabulary.system("reservnummer") else _kind(system)


IDENTITY_SYSTEM = Codec(
    lambda kind, context: systems.identity_system(kind.value) or context.vocabulary.system("reservnummer"),
    _identity_kind,
    lambda system: system not in (systems.LMA, systems.PASSPORT, systems.RELATION),
)
"""Kind of identity and identifier system; a local number has the system of its source."""


def relation_key(whole: Any, number: str) -> Key:
    return Key("RelatedPerson", systems.RELATION, _of_patient(number, whole))


def membership_key(whole: Any, kind: MembershipKind) -> Key:
    return Key("Coverage", systems.MEMBERSHIP, _of_patient(kind.value, whole))


def _of_patient(own: str, whole: Any) -> str:
    return f"{whole.patient.identity.value}/{own}"


RELATION = reference("RelatedPerson", lambda number, whole: relation_key(whole, number), lambda key: _after(key.value))
MEMBERSHIP = reference(
    "Coverage", lambda kind, whole: membership_key(whole, kind), lambda key: MembershipKind(_after(key.value))
)
OF_PATIENT = Codec(lambda own, context: _of_patient(own, context.root), lambda value, _: _after(value))
"""What the patient's own identity stands before."""
OF_KIND = Codec(
    lambda kind, context: _of_patient(kind.value, context.root), lambda value, _: MembershipKind(_after(value))
)


def _after(value: Any) -> str:
    patient, _, own = value.partition("/") if isinstance(value, str) else ("", "", "")
    if not patient or not own:
        raise ValueError("of a patient")
    return str(own)


def unit_part(unit: Unit | None, source: str, owner: str) -> tuple[str, str] | None:
    """(system, value) that a unit is known by; the contact that speaks of it where it has no id of its own."""
    if unit is None:
        return None
    return _own(unit.hsa_id, unit.local_id, systems.LOCAL_UNIT, source, owner)


def person_part(person: Person, source: str, owner: str) -> tuple[str, str]:
    """(system, value) that a member of staff is known by; the contact that speaks of her where she has no id."""
    return _own(person.hsa_id, person.local_id, systems.LOCAL_PERSON, source, owner)


def _own(hsa_id: str | None, local_id: str | None, local: str, source: str, owner: str) -> tuple[str, str]:
    if hsa_id:
        return systems.HSA, hsa_id
    return (local, f"{source}/{local_id}") if local_id else (systems.OF_CONTACT, f"{source}/{owner}")


def of_contact(part: str) -> Echo:
    """The identifier of somebody or something without an id of its own: the contact that speaks of it."""

    def write(own: Any, context: Context) -> str | None:
        named = own.id if part == "team" else own.hsa_id or own.local_id
        return None if named else f"{context.root.source}/{context.root.id}"

    return Echo(write)


LOCAL = Codec(lambda value, context: f"{context.root.source}/{value}", lambda value, _: _local(value))
"""A source's own id, made unique by the source before it."""


def _local(value: Any) -> str:
    _, slash, local = value.partition("/") if isinstance(value, str) else ("", "", "")
    if not slash or not local or "/" in local:
        raise ValueError("local id")
    return str(local)


def hsa_reference(kind: str) -> Codec:
    """A reference to a unit by its HSA-id."""

    def decode(key: Key) -> str:
        if key.system != systems.HSA:
            raise ValueError("HSA-id")
        return key.value

    return reference(kind, lambda hsa_id, _: Key(kind, systems.HSA, hsa_id), decode)


def role_key(person: tuple[str, str], unit: tuple[str, str] | None) -> Key:
    """A member of staff at a unit: one PractitionerRole."""
    return Key("PractitionerRole", systems.STAFF_AT_UNIT, "@".join(_short(part) for part in (person, unit) if part))


def _short(part: tuple[str, str]) -> str:
    system, value = part
    return value if system == systems.HSA else f"{system.rpartition('/')[2]}:{value}"


def _staff(key: Key) -> str:
    staff = key.value.partition("@")[0]
    if key.system != systems.STAFF_AT_UNIT or not staff or ":" in staff:
        raise ValueError("staff")
    return staff


def _role_of_line(staff: str, aggregate: Any) -> Key:
    unit = aggregate.performing_unit
    return role_key((systems.HSA, staff), (systems.HSA, unit) if unit else None)


STAFF = reference("PractitionerRole", _role_of_line, _staff)
"""A line's member of staff, at the unit that performs the visit."""


def booking_key(source: str, number: str) -> Key:
    return Key("Appointment", systems.BOOKING + source, number)


def care_event_key(source: str, number: str) -> Key:
    return Key("Encounter", systems.CARE_EVENT + source, number)


def commitment_key(event: Any) -> Key:
    """Several events are of one commitment."""
    return Key("EpisodeOfCare", systems.CARE_COMMITMENT, f"{event.source}/{event.care_commitment.number}")


def room_key(source: str, code: str) -> Key:
    return Key("Location", systems.ROOM + source, code)


def equipment_key(source: str, code: str) -> Key:
    return Key("Device", systems.EQUIPMENT + source, code)


BOOKING = reference("Appointment", lambda number, event: booking_key(event.source, number), lambda key: key.value)

OWNER = plain(lambda owner: "PPRF" if owner else "PART", lambda code: {"PPRF": True, "PART": False}[_known(code)])
"""The owner performs, the others take part (http://terminology.hl7.org/CodeSystem/v3-ParticipationType)."""


def _known(code: Any) -> str:
    if code not in ("PPRF", "PART"):
        raise ValueError("participation")
    return str(code)
