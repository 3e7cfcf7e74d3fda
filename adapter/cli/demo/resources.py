"""What lies on the FHIR server: every resource read through /fhir and compared with the mapping, and its history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from adapter.cli.demo.account import Account
from adapter.cli.demo.comparison import unlike
from adapter.cli.demo.pushing import Pushed
from adapter.cli.demo.reading import Held
from adapter.cli.demo.stage import Stage
from adapter.server.bundle import collection
from adapter.server.records import identifier_keys
from adapter.server.references import literal, rendered
from mappings.codes import systems
from mappings.problem import Json
from mappings.resources import SHAPES
from mappings.resources.outline import GRAPHS
from mappings.shape.difference import Kind, differences
from mappings.shape.filled import Filled
from mappings.shape.shape import content

OF_A_PATIENT = ("Appointment", "CareTeam", "Encounter")
PAGE = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """A resource that should lie on the server."""

    name: str
    """Of the message that spoke of it last."""
    filled: Filled
    resource: Json

    @property
    def place(self) -> str:
        return f"{self.filled.key.kind}/{self.resource['id']}"


def wanted(at: Stage, all_held: Sequence[Held]) -> dict[str, Wanted]:
    """Every resource of every message, by its place. Of what many speak of, the last word counts."""
    to = literal(at.ids)
    found: dict[str, Wanted] = {}
    for one in all_held:
        for filled in _filled(at, one.kind, one.model):
            resource = {**rendered(filled.resource, to), "id": at.ids.of(filled.key)}
            new = Wanted(one.name, filled, resource)
            found.pop(new.place, None)
            found[new.place] = new
    return found


def _filled(at: Stage, kind: str, model: Any) -> tuple[Filled, ...]:
    return GRAPHS[kind].fill(model, at.region.sources[model.source], at.region.units)


def as_golden(at: Stage, pushed: Iterable[Pushed], account: Account, *, own: bool) -> None:
    """What the gateway's mapping makes of each message is what its golden file holds, where it has one."""
    if not own:
        account.notes.append("the golden files are the sample region's: not compared with them, only with the mapping")
        return
    found = []
    for one, golden in ((one, one.example.golden) for one in pushed if one.state):
        if golden is None:
            continue
        model = type(one.message).model_validate(one.state)
        made = collection(_filled(at, one.example.kind, model), at.ids)
        found.append((one.example.name, unlike(_by_url(golden), _by_url(made))))
    account.compare("messages mapped as their golden files say", found)


def _by_url(bundle: Json) -> Json:
    return {entry["fullUrl"]: entry["resource"] for entry in bundle["entry"]}


def over_fhir(at: Stage, all_wanted: Mapping[str, Wanted], account: Account, told: Callable[[int], None]) -> None:
    """Every resource through the gateway's /fhir, and of each patient no more than that."""
    account.compare("resources read through /fhir and equal to the mapping", _resources(at, all_wanted, told))
    account.compare("patients of whom /fhir finds just what was pushed", _of_patients(at, all_wanted))


def _resources(
    at: Stage, all_wanted: Mapping[str, Wanted], told: Callable[[int], None]
) -> Iterator[tuple[str, list[str]]]:
    for place, one in all_wanted.items():
        answer = at.staff.get(f"/fhir/{place}")
        told(1)
        yield one.name, _differing(one, answer) if answer.is_success else [f"{place}: status {answer.status_code}"]


def _differing(one: Wanted, answer: httpx.Response) -> list[str]:
    """To what many speak of, others may have added; nothing may be missing or changed."""
    found = differences(content(one.resource), content(answer.json()), SHAPES[one.filled.node].identity)
    return [f"{each.path} {each.kind.value}" for each in found if one.filled.owned or each.kind is not Kind.EXTRA]


def _of_patients(at: Stage, all_wanted: Mapping[str, Wanted]) -> Iterator[tuple[str, list[str]]]:
    patients = {one.filled.key: one.name for one in all_wanted.values() if one.filled.key.kind == "Patient"}
    for key, name in patients.items():
        to = f"Patient/{at.ids.of(key)}"
        expected = {place for place, one in all_wanted.items() if to in _subjects(one.resource)}
        found = {place for kind in OF_A_PATIENT for place in _found(at, kind, f"{key.system}|{key.value}")}
        wrong = [f"{place} is not found" for place in expected - found]
        yield name, wrong + [f"{place} is one too many" for place in found - expected]


def _subjects(resource: Json) -> set[str]:
    """The patients whose an Appointment, a CareTeam or an Encounter is."""
    if resource["resourceType"] not in OF_A_PATIENT:
        return set()
    actors = [one.get("actor", {}) for one in resource.get("participant", ())]
    return {one.get("reference", "") for one in (resource.get("subject", {}), *actors)}


def _found(at: Stage, kind: str, identifier: str) -> Iterator[str]:
    """Places of what a search finds of ours: another's data may lie on the same server."""
    answer = at.staff.get(f"/fhir/{kind}", params={"patient.identifier": identifier, "_count": PAGE})
    for entry in answer.json().get("entry", ()) if answer.is_success else ():
        resource = entry["resource"]
        if any(key.system.startswith(systems.BASE) for key in identifier_keys(resource)):
            yield f"{resource['resourceType']}/{resource['id']}"


def histories(at: Stage, places: Iterable[str]) -> dict[str, int | None]:
    """How many versions of each the server keeps; None where it keeps no history."""
    return {place: _versions(at, place) for place in dict.fromkeys(places)}


def root(at: Stage, kind: str, message: Any) -> str:
    """Where the resource lies that a message is."""
    key = GRAPHS[kind].root.key(message)
    return f"{key.kind}/{at.ids.of(key)}"


def _versions(at: Stage, place: str) -> int | None:
    answer = at.server.get(f"/{place}/_history", params={"_count": PAGE})
    if answer.status_code == httpx.codes.NOT_FOUND:
        return 0
    return len(answer.json().get("entry", ())) if answer.is_success else None


def tags(at: Stage, all_wanted: Iterable[str]) -> dict[str, str]:
    """The server's own version of each resource."""
    return {place: at.server.get(f"/{place}").json().get("meta", {}).get("versionId", "") for place in all_wanted}
