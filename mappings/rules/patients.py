"""One patient, many sources: what is said of her together, and what a marking takes away (Decided 22, PI-1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from mappings.codes.systems import OF_CONTACT
from mappings.problem import Json
from mappings.region.care_event import CareEvent
from mappings.region.named_contact import ContactKind, NamedContact
from mappings.region.people import Patient, Protection
from mappings.region.unit import Unit
from mappings.resources.care_event import without_relations
from mappings.resources.keys import care_event_key
from mappings.resources.named_contact import CONTACT, NAMED_CONTACT, named_contact_key
from mappings.resources.patient import OF_PATIENT, PATIENT, emptied
from mappings.resources.staff import HEALTHCARE_SERVICE, LOCATION, unit_key
from mappings.rules.rulebook import updated
from mappings.rules.who import GIVES_AWAY, PLACES, without_traces
from mappings.shape.compiled import pull_into
from mappings.shape.filled import Filled
from mappings.shape.graph import Graph
from mappings.shape.key import Key
from mappings.shape.template import Context, Vocabulary

_PLACES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        shape.kind: frozenset(place.path.split(".")[1] for place in shape.places if place.field in PLACES)
        for shape in (LOCATION, HEALTHCARE_SERVICE)
    }
)
"""The elements of a unit's resources that say where it is and how it is reached."""


def together(own: Patient, others: Iterable[Patient]) -> Patient:
    """What all sources say: the one that spoke last goes first, the others fill in what it does not say.

    Protected while any source says so; then only the number is left.
    """
    whole = own
    for other in others:
        said = {name: value for name, value in other if value and not getattr(whole, name)}
        linked = (*whole.identities, *(one for one in other.identities if one not in whole.identities))
        whole = updated(whole, **said | {"identities": linked})
    return bare(whole) if whole.protection else whole


def bare(patient: Patient, protection: Protection | None = None) -> Patient:
    """The patient without what gives her away."""
    empty = {name: Patient.model_fields[name].default for name in GIVES_AWAY}
    return updated(patient, protection=patient.protection or protection, **empty)


def bare_state(state: Json, protection: Protection) -> Json:
    """A stored booking, event or contact, without what gives its patient away."""
    bared = state | {"patient": bare_patient(state["patient"], protection)}
    if bared.get("kind") == ContactKind.PHYSICIAN and "unit" in bared:
        return dumped(without_traces(NamedContact.model_validate(bared)))
    return {name: value for name, value in bared.items() if name != "relations"}


def bare_patient(patient: Json, protection: Protection) -> Json:
    """A stored patient, without what gives her away."""
    return dumped(bare(Patient.model_validate(patient), protection))


def with_card(message: Any, card: Patient | None) -> Any:
    """What a message leaves out of its patient is as its source's own card has it, a marking too."""
    said = {name: value for name, value in card if value} if card else {}
    absent = {name: value for name, value in said.items() if not getattr(message.patient, name)}
    return updated(message, patient=updated(message.patient, **absent)) if absent else message


def word_of(patient: Patient, sent: Patient, card: Patient | None = None) -> Patient:
    """What a source says of a patient: its own card, where it has sent one, else what the message says as derived.

    Marked only where this source itself has marked her: if it repeated another's marking, the two would uphold each
    other's for ever.
    """
    own = card.protection if card else None
    return updated(card or patient, protection=sent.protection or own)


def bare_word(word: Json) -> Json:
    """A source's stored word, without what gives the patient away; its own marking stays as it was."""
    return dumped(bare(Patient.model_validate(word)))


def under(message: Any, protection: Protection | None) -> Any:
    """A message as it may be shown while this marking holds for its patient, or none does."""
    patient = updated(message.patient, protection=protection)
    return without_traces(updated(message, patient=bare(patient) if protection else patient))


def bare_resources(resources: tuple[Filled, ...], patient: Patient, vocabulary: Vocabulary) -> tuple[Filled, ...]:
    """Resources of a patient with a new marking: the Patient anew, those close to her and her memberships emptied, her
    care events without the relations that were copied to them, and the unit where she is listed without address and
    phones where nobody but her fixed physician's contact speaks of it. The others hold nothing of her."""
    written = PATIENT.fill(bare(patient), Context(patient, vocabulary))
    listed = any(_says_where_she_is_listed(one, vocabulary) for one in resources)

    def stripped(one: Filled) -> Json:
        if one.key.kind in OF_PATIENT:
            return written if one.key.kind == "Patient" else emptied(one).resource
        if one.key.kind == "Encounter":
            return without_relations(one.resource)
        places = _PLACES.get(one.key.kind, frozenset()) if listed and one.key.system == OF_CONTACT else frozenset()
        return {name: value for name, value in one.resource.items() if name not in places}

    return tuple(replace(one, resource=stripped(one)) for one in resources)


def _says_where_she_is_listed(one: Filled, vocabulary: Vocabulary) -> bool:
    """The unit of a fixed physician in primary care is where the patient is listed (FK 6.1.2)."""
    if NAMED_CONTACT.shapes.get(one.node) is not CONTACT:
        return False
    out: dict[str, Any] = {}
    pull_into(out, CONTACT.pull, one.resource, Context(None, vocabulary))
    return out.get("kind") == ContactKind.PHYSICIAN


def own_resources(message: Any) -> tuple[Key, ...]:
    """What only this message speaks of and `bare_resources` may strip, with what it tells that by; not the patient."""
    if isinstance(message, CareEvent):
        return (care_event_key(message.source, message.number),)
    if not isinstance(message, NamedContact):
        return ()
    alone = updated(message, unit=Unit())
    return named_contact_key(message.source, message.id), *(unit_key(kind, alone) for kind in _PLACES)


def of_patient(
    graph: Graph[Any], message: Any, said: Iterable[Patient], whole: Patient, vocabulary: Vocabulary
) -> tuple[Filled, ...]:
    """The patient's own resources as they are to be, and emptied those that a source has said and that no longer are.

    `said` is every source's word before and now: what each of them brought may be on the server.
    """
    nodes = [node for node in graph.nodes if node.shape.kind in OF_PATIENT]
    now = graph.fill_some(updated(message, patient=whole), vocabulary, nodes)
    around = [node for node in nodes if node.each]
    before = (one for word in said for one in graph.fill_some(updated(message, patient=word), vocabulary, around))
    over = {one.key: emptied(one) for one in before} if around else {}
    return (*now, *(over[key] for key in over if key not in {one.key for one in now}))


def replaced(one: Filled, by: Key) -> Filled:
    """The Patient of an identity that has been merged into another's (https://hl7.org/fhir/R4/patient.html#links)."""
    own = one.resource["identifier"][:1]
    link = [{"other": {"reference": by.text}, "type": "replaced-by"}]
    labels = {name: one.resource[name] for name in ("meta",) if name in one.resource}
    return replace(
        one, resource={"resourceType": "Patient", **labels, "active": False, "identifier": own, "link": link}
    )


def dumped(message: Any) -> Json:
    """A model as it is stored: JSON names, absent fields left out."""
    stored: Json = message.model_dump(mode="json", by_alias=True, exclude_none=True)
    return stored
