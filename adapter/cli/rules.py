"""`vardbro rules`: every rule, and what the code does about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from rich.text import Text

from adapter.cli.console import console, write_json
from adapter.cli.exits import Code, Stop
from adapter.cli.scenarios import scenarios
from adapter.validation import RULES as VALIDATION
from mappings.region.form import FORMS
from mappings.rules import Listed, State
from mappings.rules import rules as of_the_sources

OURS = "Vårdbro"
COLOURS = {State.KEPT: "green", State.ATTESTED: "cyan", State.NOT_A_CHECK: "dim", State.NOT_YET: "yellow"}


TABLE = "DK"
"""The family whose rules are a decision table: by its name alone, the table is told."""


def rules(ids: Sequence[str], state: str | None, *, as_json: bool) -> Code:
    """Lists them all, or those that are named. Stops at an id that there is none of."""
    if [one.upper() for one in ids] == [TABLE] and state is None:
        return scenarios(as_json=as_json)
    listed = every()
    if unknown := sorted({one.upper() for one in ids} - {one.id for one in listed}):
        raise Stop(f"there is no rule {', '.join(unknown)}: vardbro rules lists them all")
    wanted = {one.upper() for one in ids}
    shown = [
        one
        for one in listed
        if (not wanted or one.id in wanted) and (state is None or one.state.value.replace(" ", "-") == state)
    ]
    if as_json:
        write_json([asdict(one) for one in shown])
    else:
        _print(shown)
    return Code.GOOD


def every() -> list[Listed]:
    """The sources' rules in their order, then our own for errors of form and of FHIR."""
    own = [Listed(form.id, State.KEPT, _severity(form.id), form.sv, form.en, OURS) for form in FORMS.values()]
    own += [Listed(one.id, State.KEPT, ("E",), one.sv, one.en, one.source) for one in VALIDATION]
    return [*of_the_sources(), *own]


def _severity(form: str) -> tuple[str, ...]:
    """What a resource says that we do not understand is told and refuses nothing."""
    return ("W",) if form == "IN-17" else ("E",)


def _print(listed: Sequence[Listed]) -> None:
    out = console()
    for one in listed:
        weight = " ".join(one.severity)
        out.print(Text.assemble((f"{one.id:<6} ", "bold"), (f"{one.state.value:<11} ", COLOURS[one.state]), weight))
        for text in (one.en, one.sv):
            out.print(Text(text), soft_wrap=not out.is_terminal)
        out.print(Text(one.source, "dim"))
        out.print()
    counted = {state: sum(one.state is state for one in listed) for state in State}
    out.print(", ".join(f"{count} {state.value}" for state, count in counted.items() if count))
