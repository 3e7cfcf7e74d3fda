"""Who is answerable for what a message says: a Provenance, which block checks (*spärrkontroll*) ask.

The care unit is author and its care provider (*vårdgivare*) custodian. Nothing of the message stands there alone, so it
is written and never read into the aggregate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeAlias

from mappings.codes.systems import DATA_ABSENT, HSA, PROVENANCE_AGENT
from mappings.problem import Json
from mappings.region.unit import Unit
from mappings.resources.patient import OF_PATIENT
from mappings.resources.staff import unit_key
from mappings.shape.compiled import getter
from mappings.shape.graph import Beside, Node
from mappings.shape.key import Key
from mappings.shape.shape import Shape
from mappings.shape.template import Echo

UnitOf: TypeAlias = Callable[[Any, Mapping[str, Unit]], tuple[Key, str | None] | None]
"""(aggregate, the units of the catalogue) -> the unit's Organization and the HSA-id of its care provider, if known."""


def visited(visit: Any, units: Mapping[str, Unit]) -> tuple[Key, str | None] | None:
    """The medically responsible unit of a booking or care event, else the performing one."""
    hsa_id = visit.responsible_unit or visit.performing_unit
    known = units.get(hsa_id or "")
    return (Key("Organization", HSA, hsa_id), known.care_provider if known else None) if hsa_id else None


def contacted(contact: Any, _: Mapping[str, Unit]) -> tuple[Key, str | None] | None:
    """The unit of a named contact."""
    return (unit_key("Organization", contact), contact.unit.care_provider) if contact.unit else None


@dataclass(frozen=True, slots=True)
class Answerable:
    """What is said of some resources of one aggregate."""

    root: Key
    targets: tuple[str, ...]
    """References, the root's first."""
    unit: str
    """A reference to its Organization."""
    provider: str | None
    """The care provider's HSA-id; None where the catalogue does not say."""
    at: str | None
    """The time that a block is compared with: when the contact is, or begins."""


def _agent(code: str, who: Callable[[Answerable], str | None]) -> Json:
    return {
        "type": {"coding": [{"system": PROVENANCE_AGENT, "code": code}]},
        "who": {"reference": Echo(lambda one, _: who(one))},
    }


PROVENANCE: Final = Shape(
    {
        "resourceType": "Provenance",
        "target": Echo(lambda one, _: [{"reference": target} for target in one.targets]),
        "occurredDateTime": Echo(lambda one, _: one.at),
        "_recorded": {"extension": [{"url": DATA_ABSENT, "valueCode": "unknown"}]},
        "agent": [
            _agent("author", lambda one: one.unit),
            _agent("custodian", lambda one: one.provider and Key("Organization", HSA, one.provider).text),
        ],
    }
)
"""https://hl7.org/fhir/R4/provenance.html. When the source recorded what it sent, no message says: none is invented."""


def provenance(nodes: tuple[Node, ...], unit: UnitOf, at: Callable[[Any], date | None]) -> Beside:
    """Of the resources that these nodes alone write. `unit` tells which unit is answerable, if any; `at` tells when."""
    owned = [node for node in nodes if node.owned and node.shape.kind not in OF_PATIENT]
    parts = {node.name: getter(node.part) for node in owned}

    def keys(whole: Any) -> Iterator[Key]:
        for node in (node for node in owned if node.when(whole)):
            scope = parts[node.name](whole)
            yield from (node.key_of(whole, one) for one in (scope or () if node.each else (scope,)))

    def answerable(whole: Any, units: Mapping[str, Unit]) -> Iterator[Answerable]:
        if found := unit(whole, units or {}):
            (organization, provider), moment = found, at(whole)
            every = tuple(keys(whole))
            targets = tuple(key.text for key in every)
            yield Answerable(every[0], targets, organization.text, provider, moment.isoformat() if moment else None)

    return Beside("provenance", PROVENANCE, answerable, lambda one: one.root._replace(kind="Provenance"), owned=True)
