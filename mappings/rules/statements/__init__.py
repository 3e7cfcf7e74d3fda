"""Every rule of docs/domain.md in one plain sentence, Swedish and English, whether the code keeps it yet or not."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from types import MappingProxyType
from typing import Final

from mappings.rules.statements.booking import BOOKING
from mappings.rules.statements.care_event import CARE_EVENT
from mappings.rules.statements.direct import DIRECT
from mappings.rules.statements.named_contact import NAMED_CONTACT
from mappings.rules.statements.statement import Statement
from mappings.rules.statements.team import TEAM
from mappings.rules.statements.who_and_where import WHO_AND_WHERE

__all__ = ["SECTIONS", "STATEMENTS", "Statement"]

SECTIONS: Final[tuple[tuple[Statement, ...], ...]] = (
    WHO_AND_WHERE,
    BOOKING,
    TEAM,
    CARE_EVENT,
    NAMED_CONTACT,
    DIRECT,
)
"""The sections 1–6 of docs/domain.md, in its order."""

STATEMENTS: Final[Mapping[str, Statement]] = MappingProxyType({s.id: s for s in chain.from_iterable(SECTIONS)})
"""Every rule by its id, in the order of docs/domain.md."""
