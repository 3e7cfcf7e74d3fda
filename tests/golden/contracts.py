"""What other contracts say of some messages of `fixtures/messages`, to which reader."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from adapter.server.bundle import searchset
from mappings.contracts import CONTRACTS as ALL
from mappings.contracts import Around, Contract, Said
from mappings.contracts.care_contacts import CARE_CONTACTS, EVENTS
from mappings.contracts.care_managers import CARE_MANAGERS
from mappings.contracts.care_team import CARE_TEAM
from mappings.contracts.riv import document
from mappings.contracts.scheduling import SCHEDULING
from mappings.region.field import Audience
from mappings.rules.visibility import seen
from mappings.shape.filled import Filled

from .corpus import CATALOGUE, CLOCK, FIXTURES, IDS, Taken, accepted
from .texts import pretty

CONTRACTS = FIXTURES / "contracts"

LOG_ID = "6f1c1a52-8a6e-4f0f-9d7e-0a5a4d1b2c3d"


@dataclass(frozen=True, slots=True)
class Told:
    """A golden file: some messages, in a contract, to a reader."""

    name: str
    contract: Contract
    audience: Audience
    files: tuple[str, ...]

    @property
    def path(self) -> Path:
        end = "xml" if self.contract.namespaces else "json"
        return CONTRACTS / self.contract.name / f"{self.name}.{self.audience.value}.{end}"


def _told(contract: Contract, audience: Audience, *files: str, name: str = "") -> Told:
    return Told(name or files[0], contract, audience, tuple(f"{contract.kind}/{file}.json" for file in files))


PATIENT, STAFF = Audience.PATIENT, Audience.STAFF

TOLD = (
    *(
        _told(contract, audience, file)
        for contract, first in (
            (CARE_TEAM, "home-care-contact-with-hours-and-a-digital-way"),
            (CARE_MANAGERS, "coordinating-care-contact"),
        )
        for audience in (PATIENT, STAFF)
        for file in (first, "physician-whose-direct-number-the-patient-may-not-see", "care-contact-via-a-team")
    ),
    _told(CARE_TEAM, STAFF, "home-care-contact-at-a-unit-outside-hsa"),
    _told(CARE_TEAM, STAFF, "ended-physician", "contact-nurse", name="ended-and-one-without-a-national-kind"),
    _told(
        CARE_MANAGERS,
        STAFF,
        "ended-physician",
        "successor-of-the-physician",
        "contact-nurse",
        name="successor-and-what-cannot-be-said",
    ),
    *(
        _told(SCHEDULING, PATIENT, file)
        for file in (
            "summons-text-with-line-breaks",
            "video-visit",
            "co-planned-ecg-before-the-physician",
            "series-first-visit",
            "group-visit",
            "most-left-out-and-derived",
        )
    ),
    _told(
        SCHEDULING,
        STAFF,
        "summons-text-with-line-breaks",
        "cancelled-late",
        "open-summons",
        "group-preliminary",
        name="what-the-patient-would-see",
    ),
    *(
        _told(CARE_CONTACTS, STAFF, file)
        for file in (
            "team-of-physician-and-dietitian",
            "planned-admission-as-in-the-cosmic-form",
            "no-show",
            "row-of-the-waiting-list",
            "quick-basis-with-a-reason-for-seeking-care",
        )
    ),
    _told(CARE_CONTACTS, PATIENT, "quick-basis-with-a-reason-for-seeking-care"),
    *(
        _told(EVENTS, STAFF, file)
        for file in ("team-visit-carried-out", "admission-from-home", "telephone-contact-with-a-nurse")
    ),
)


def parts(told: Told) -> list[tuple[Said, ...] | None]:
    """What is said of each message that the reader sees."""
    taken = {one.entry.file: one for one in accepted()}
    viewer = told.contract.viewer(told.audience)
    chosen = [taken[file] for file in told.files]
    shown = [(one, seen(one.judged.message, viewer, CLOCK, CATALOGUE)) for one in chosen]
    return told.contract.all_said((body, _around(one, viewer, body)) for one, body in shown if body is not None)


def _around(one: Taken, viewer: Audience, body: dict[str, object]) -> Around:
    actions = body.get("actions")
    return Around(
        source=one.source,
        units=CATALOGUE.units,
        now=CLOCK,
        audience=viewer,
        registered=CLOCK,
        approved=seen(one.judged.message, Audience.PATIENT, CLOCK, CATALOGUE) is not None,
        actions=tuple(actions) if isinstance(actions, list) else (),
    )


def answer(told: Told) -> str:
    """The whole answer, as a golden file holds it."""
    listed = [one for one in parts(told) if one is not None]
    if told.contract.namespaces:
        read = ElementTree.fromstring(document(told.contract, [one[0].content for one in listed], LOG_ID))
        ElementTree.indent(read)
        return ElementTree.tostring(read, encoding="unicode") + "\n"
    every = [Filled("", one.key, one.content, owned=False) for said in listed for one in said]
    return pretty(searchset(every, {said[0].key for said in listed}, IDS))


def golden_contracts() -> dict[Path, str]:
    """What each file should hold."""
    return {told.path: answer(told) for told in TOLD}


__all__ = ["ALL", "CONTRACTS", "TOLD", "Told", "answer", "golden_contracts", "parts"]
