"""The contracts that messages are told in beside regional JSON, each asked for by its media type."""

from __future__ import annotations

from mappings.contracts.care_contacts import CARE_CONTACTS, EVENTS
from mappings.contracts.care_managers import CARE_MANAGERS
from mappings.contracts.care_team import CARE_TEAM
from mappings.contracts.contract import Around, Assumed, Contract, Said
from mappings.contracts.scheduling import SCHEDULING

CONTRACTS: tuple[Contract, ...] = (CARE_TEAM, CARE_MANAGERS, SCHEDULING, CARE_CONTACTS, EVENTS)

__all__ = ["CONTRACTS", "Around", "Assumed", "Contract", "Said"]
