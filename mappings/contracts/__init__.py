"""The contracts that messages are told in beside regional JSON, each asked for by its media type."""

from __future__ import annotations

from mappings.contracts.care_contacts import CARE_CONTACTS, EVENTS
from mappings.contracts.care_managers import CARE_MANAGERS
from mappings.contracts.care_team import CARE_TEAM
from mappings.contracts.contract import Around, Assumed, Contract, Said
from mappings.contracts.scheduling import SCHEDULING

CONTRACTS: tuple[Contract, ...] = (CARE_TEAM, CARE_MANAGERS, SCHEDULING, CARE_CONTACTS, EVENTS)


def told_in(kind: str) -> tuple[Contract, ...]:
    """The contracts that messages of a kind are told in."""
    return tuple(contract for contract in CONTRACTS if contract.kind == kind)


__all__ = ["CONTRACTS", "Around", "Assumed", "Contract", "Said", "told_in"]
