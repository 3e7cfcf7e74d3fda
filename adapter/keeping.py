"""What is written when a message is accepted: the message, its parcels, and what follows from it, in one commit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from adapter import death, following, own, succession
from adapter.beside import (
    content_hash,
    dues_of,
    is_state_of,
    listing_of,
    settles_of,
    steps_of,
    ties_of,
    word_of,
)
from adapter.delivery.ledger import Ledger
from adapter.delivery.values import (
    Accepted,
    Aggregate,
    Entry,
    Own,
    Packed,
    Previous,
    Seen,
    Strip,
    Word,
)
from adapter.outcomes import Checked, Looked, problem_json
from adapter.server.ids import Ids
from mappings.problem import Json
from mappings.region.booking import Booking
from mappings.region.catalogue import Catalogue
from mappings.region.people import Patient
from mappings.region.reading import KINDS, Message
from mappings.resources.outline import GRAPHS, Outline, outline
from mappings.resources.withdrawn import withdrawn
from mappings.rules.patients import (
    bare,
    bare_resources,
    bare_state,
    bare_word,
    dumped,
    of_patient,
    own_resources,
    together,
)
from mappings.rules.patients import word_of as word_as_kept


@dataclass(frozen=True, slots=True)
class Keeping:
    """Turns what was judged good into acceptances."""

    catalogue: Catalogue
    ledger: Ledger
    ids: Ids

    def accepted(
        self, looked: Looked, checked: Checked, followed: Sequence[own.Change], caller: str, trace_id: str
    ) -> list[Accepted]:
        """The message after the contact that it is the successor of (FK-9), and before what follows from it: bookings
        that it cancels since the patient is dead (DE-1), care events that follow their booking (`followed`)."""
        sent, previous, patient_hash = looked.facts.sent, looked.previous, looked.patient_hash
        judged, at = checked.judged, outline(checked.judged.message)
        patient: Patient = judged.message.patient
        said = word_as_kept(patient, sent.patient, looked.card)
        if said.protection:
            said = bare(said)
        word = Word(sent.source, dumped(said), said.protection is not None)
        died, told_of = self._died(previous, word, patient_hash, judged.message)
        audit = Entry(caller, f"{at.kind}.write", "accepted", patient_hash, trace_id)
        message = Accepted(
            kind=at.kind,
            source=sent.source,
            number=at.number,
            version=sent.version,
            content_hash=content_hash(sent),
            state=dumped(judged.message),
            parcels=tuple(self._parcels(looked, checked, at, word)),
            audit=audit,
            seen=previous.seen,
            patient_hash=patient_hash,
            word=word,
            strip=self.strip_of(patient, sent.source) if word.marked and not previous.marked else None,
            columns=own.columns_of(at),
            claims=own.claims_of(at, patient_hash),
            ties=ties_of(at, patient_hash),
            listing=listing_of(judged.message),
            steps=tuple(steps_of(judged.message, looked.facts.previous)),
            settles=settles_of(judged.message),
            dues=dues_of(judged.message),
            warnings=tuple(problem_json(problem) for problem in judged.warnings),
            derived=(*(asdict(derived) for derived in judged.derived), *told_of, *following.told(followed)),
            catalogue_version=self.catalogue.version,
            trace_id=trace_id,
        )
        changes = [own.Change(one, booking, patient_hash) for one, booking in died]
        along = ((replace(audit, action="booking.cancel"), changes), (replace(audit, action="event.follow"), followed))
        both = self._succeeded(message, judged.message, audit)
        return [*both, *(own.accepted(one, self.catalogue, self.ids, entry) for entry, all_ in along for one in all_)]

    def _succeeded(self, message: Accepted, judged: Message, audit: Entry) -> tuple[Accepted, ...]:
        """The message, after the contact that it is the successor of (FK-9)."""
        found = succession.ended(self.ledger, judged, judged.patient.protection)
        if found is None:
            return (message,)
        change = own.Change(*found, message.patient_hash or "")
        before = own.accepted(change, self.catalogue, self.ids, replace(audit, action="named-contact.end"))
        before = replace(before, seen=Seen(found[0].revision, message.seen.patient))
        message = replace(message, derived=(*message.derived, succession.told(before)))
        return tuple(reversed(succession.side_by_side(message, before)))

    def _died(
        self, previous: Previous, word: Word, patient_hash: str, message: Message
    ) -> tuple[list[tuple[Aggregate, Booking]], tuple[Json, ...]]:
        """The bookings that a new word cancels since the patient is dead, and what the receipt tells of; where it says
        that she is not dead after all, what that had cancelled (DE-1)."""
        before, now = death.moves(previous, word)
        if before == now:
            return [], ()
        held = [one for one in self.ledger.of_patient(patient_hash, "booking") if not is_state_of(one, message)]
        if not now:
            return [], death.told(death.undone(held))
        died = list(death.cancelled(held, self.ledger.clock(), message.patient.protection))
        return died, death.told(one for one, _ in died)

    def _parcels(self, looked: Looked, checked: Checked, at: Outline, word: Word) -> Iterable[Packed]:
        """The patient goes in a parcel of her own, when this source says something new of her (Decided 22)."""
        previous, patient_hash, facts = looked.previous, looked.patient_hash, looked.facts
        before = word_of(previous.words, word.source)
        if before is None or (before.body, before.marked) != (word.body, word.marked):
            message, source = checked.judged.message, self.catalogue.sources[word.source]
            said = {one.source: Patient.model_validate(one.body) for one in previous.words}
            others = [one for name, one in said.items() if name != word.source]
            whole = together(Patient.model_validate(word.body), others)
            yield Packed(
                (f"patient:{patient_hash}",), of_patient(GRAPHS[at.kind], message, said.values(), whole, source)
            )
        gone = withdrawn(GRAPHS[at.kind], facts.previous, checked.filled, facts.source)
        yield from own.behind_patient(checked.judged.message, at, (*checked.filled, *gone), self.ids)

    def strip_of(self, patient: Patient, source: str) -> Strip:
        marking = patient.protection
        if marking is None:
            raise ValueError("nothing marks the patient")
        vocabulary = self.catalogue.sources[source]
        return Strip(
            state=lambda _, state: bare_state(state, marking),
            word=bare_word,
            resources=lambda resources: bare_resources(resources, patient, vocabulary),
            own=self._own,
        )

    def _own(self, kind: str, state: Json) -> Own:
        if kind not in KINDS:
            return Own((), ())
        message = KINDS[kind].model_validate(state)
        return Own(outline(message).lanes, tuple(self.ids.of(key) for key in own_resources(message)))
