"""`vardbro rules DK`: the decision table of 1177 direkt, as it is evaluated."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text

from adapter.cli.console import console, table, write_json
from adapter.cli.exits import Code
from mappings.problem import Json
from mappings.region.direct_case import CareStaff, DirectAction, DirectDemand
from mappings.rules.direct_scenarios import (
    ACTS,
    ALONE,
    OUTCOMES,
    PHYSICIAN_OR_OTHER,
    SCENARIOS,
    TERMS,
    Row,
    Scenario,
    When,
    Who,
)

COLUMNS = ("who", "did", "for a visit", "registers", "1177", "diagnosis", "KVÅ", "note", "closes")
SAID = {True: "yes", False: "no", None: "–"}
ASKED = {DirectDemand.REQUIRED: "yes", DirectDemand.WHEN_RELEVANT: "if relevant", DirectDemand.NOT_ASKED: "no"}
GROUPS = {PHYSICIAN_OR_OTHER: "physician or other", ALONE: "physician or licensed", frozenset(CareStaff): "anybody"}
STAFF = {Who.FIRST: "first", Who.RECEIVER: "receiver", Who.VISITOR: "visitor"}
"""The fact of a situation that says what each who took part is."""


def scenarios(*, as_json: bool) -> Code:
    """Every scenario with its rows, and where in the document it stands."""
    rows = [(one, row) for one in SCENARIOS for row in one.rows]
    if as_json:
        write_json([_told(*pair) for pair in rows])
    else:
        _print()
    return Code.GOOD


def _told(one: Scenario, row: Row) -> Json:
    registers = row.outcome and {
        "contactType": TERMS[row.outcome.contact],
        "byTelephone": row.outcome.telephone and TERMS[row.outcome.telephone],
        "direct": row.outcome.direct,
        "diagnosis": row.outcome.diagnosis,
        "kva": row.outcome.kva,
        "note": row.outcome.note,
    }
    return {
        "section": one.section,
        "follows": one.follows,
        "sv": one.sv,
        "en": one.en,
        "when": {fact: _sorted(getattr(one.when, fact)) for fact in When.__slots__},
        "who": row.who,
        "actions": _sorted(_done(one, row)),
        "replacesVisit": row.replaces,
        "registers": registers,
        "closes": row.who is one.closes and row.outcome is not None,
    }


def _done(one: Scenario, row: Row) -> frozenset[str | None]:
    """What the row is for, of what those who took part may do."""
    staff = getattr(one.when, STAFF[row.who])
    return frozenset(action for action in row.actions if action is None or ACTS[action] & staff)


def _sorted(values: Iterable[str | None]) -> list[str | None]:
    return sorted(values, key=lambda one: one or "")


def _print() -> None:
    out = console()
    for one in SCENARIOS:
        where = f"DIREKT {one.section}" + (f", by {' and '.join(one.follows)}" if one.follows else "")
        out.print(Text.assemble((where, "bold"), f"  {one.en}"), soft_wrap=not out.is_terminal)
        out.print(Text(one.sv, "dim"), soft_wrap=not out.is_terminal)
        rows = table(*COLUMNS)
        for row in one.rows:
            rows.add_row(*_cells(one, row))
        out.print(rows)
        out.print()
    out.print("When the service is in trouble (DIREKT 4.3):")
    for outcome in OUTCOMES:
        if outcome.telephone:
            out.print(f"  {TERMS[outcome.telephone]}, in place of {TERMS[outcome.contact]}")


def _cells(one: Scenario, row: Row) -> list[str]:
    staff, done = getattr(one.when, STAFF[row.who]), _done(one, row)
    who = GROUPS.get(staff) or " or ".join(word for word in CareStaff if word in staff)
    did = "anything" if done == {None, *(action for action in DirectAction if ACTS[action] & staff)} else _listed(done)
    if row.outcome is None:
        return [who, did, "–", "nothing", *["–"] * 4, "no"]
    held = row.outcome
    words = [TERMS[held.contact], SAID[held.direct], ASKED[held.diagnosis], ASKED[held.kva], SAID[held.note]]
    return [who, did, SAID[row.replaces], *words, SAID[row.who is one.closes]]


def _listed(done: frozenset[str | None]) -> str:
    words = [action for action in DirectAction if action in done]
    return ", ".join(["not said", *words] if None in done and words else words) or "–"
