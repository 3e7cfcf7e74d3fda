"""How a chain stands: its contacts as last taken in, what breaks it, and the moves that would mend it."""

from __future__ import annotations

from collections.abc import Iterable

from adapter.doors.gateway import Gateway
from mappings.problem import Json
from mappings.region.booking import Booking
from mappings.rules.chain import Breach, Part, breaches, part_of
from mappings.rules.chain_repair import Repair, repairs


def members_of(at: Gateway, source: str, chain: str) -> list[Booking]:
    """The bookings that stand in a chain, as last taken in, in its order."""
    found = at.ledger.tied("booking", source, "", [("chain", f"{source}/{chain}")], None)
    members = [booking for one in found if isinstance(booking := at.intake.held(one), Booking)]
    return sorted(members, key=lambda one: one.chain.order if one.chain else 0)


def state_of(at: Gateway, members: Iterable[Booking]) -> Json:
    """Whether the chain is whole, what breaks it, and the moves that would make it whole."""
    parts = parts_of(members, at)
    broken = breaches(parts)
    return {
        "whole": not broken,
        "breaches": [_breach_json(one) for one in broken],
        "repairs": [_repair_json(one) for one in repairs(parts)],
    }


def parts_of(members: Iterable[Booking], at: Gateway) -> list[Part]:
    return [part_of(one, at.catalogue.administrations, at.intake.patient_hash(one.patient)) for one in members]


def _breach_json(one: Breach) -> Json:
    return {"rule": one.rule, "numbers": list(one.numbers), "sv": one.sv, "en": one.en}


def _repair_json(one: Repair) -> Json:
    moves = [
        {
            "number": move.number,
            "act": move.act.value,
            "start": move.start.isoformat(),
            "earliest": move.earliest and move.earliest.isoformat(),
            "latest": move.latest and move.latest.isoformat(),
        }
        for move in one.moves
    ]
    return {"day": one.day.isoformat(), "moves": moves}
