"""The messages on their way out: as staff, as a portal and over /fhir, each compared with what went in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from adapter.cli.demo.account import Account
from adapter.cli.demo.comparison import unlike
from adapter.cli.demo.inputs import running_clock
from adapter.cli.demo.pushing import Pushed
from adapter.cli.demo.stage import Stage
from adapter.cli.send import DOORS
from mappings.problem import Json
from mappings.region.catalogue import Catalogue
from mappings.region.field import Audience
from mappings.region.people import Patient
from mappings.region.reading import KINDS
from mappings.rules.patients import together
from mappings.rules.visibility import listed, seen

SEARCHED = ("booking", "care-event", "named-contact")


@dataclass(frozen=True, slots=True)
class Held:
    """What the gateway holds once all is pushed: the last version of each message, and its patient as all say."""

    pushed: Pushed
    model: Any
    """With the patient as all sources together say."""
    region: Catalogue

    @property
    def kind(self) -> str:
        return self.pushed.example.kind

    @property
    def name(self) -> str:
        return self.pushed.example.name

    @property
    def identity(self) -> tuple[str, str]:
        return _number(self.model)


def held(pushed: Sequence[Pushed], region: Catalogue) -> list[Held]:
    """The last version of each message, in the order of pushing."""
    last = {one.key: one for one in pushed if one.state}
    patients = _patients(pushed)
    found = []
    for one in last.values():
        model = KINDS[one.example.kind].model_validate(one.state)
        found.append(Held(one, model.model_copy(update={"patient": patients[_number(model)]}), region))
    return found


def _number(model: Any) -> tuple[str, str]:
    return model.patient.identity.kind.value, model.patient.identity.value


def _patients(pushed: Iterable[Pushed]) -> dict[tuple[str, str], Patient]:
    """Of each patient what all sources say, the one that said something new last first (Decided 22)."""
    words: dict[tuple[str, str], dict[str, Patient]] = {}
    for one in pushed:
        if one.state:
            model = KINDS[one.example.kind].model_validate(one.state)
            said = words.setdefault(_number(model), {})
            if said.get(model.source) != model.patient:
                said.pop(model.source, None)
                said[model.source] = model.patient
    return {number: _together(list(said.values())) for number, said in words.items()}


def _together(said: list[Patient]) -> Patient:
    return together(said[-1], said[:-1])


def as_staff(at: Stage, all_held: Sequence[Held], account: Account) -> None:
    """Each patient's bookings and contacts through the search door, by a gateway that knows only the FHIR server."""
    found = list(_searched(at.reader, all_held, Audience.STAFF, account))
    account.compare("messages found by staff, through a gateway that knows nothing but the FHIR server", found)


def as_portal(at: Stage, all_held: Sequence[Held], account: Account) -> None:
    """The same as a patient sees them: what rules hide must not be there."""
    found = list(_searched(at.portal, all_held, Audience.PATIENT, account))
    account.compare("answers to a portal, with just what a patient may see", found)
    searched = [one for one in all_held if one.kind in SEARCHED]
    hidden = sum(_seen(one, Audience.PATIENT) is None for one in searched)
    if not hidden:
        account.differences.append("no example was there to be hidden from the patient")
    account.notes.append(
        f"{hidden} of {len(searched)} are not shown to the patient at all, the others not with every field"
    )
    refused = at.portal.get("/fhir/Appointment").status_code
    if refused != httpx.codes.FORBIDDEN:
        account.differences.append(f"/fhir answered a portal with {refused}")


def _searched(
    client: httpx.Client, all_held: Sequence[Held], audience: Audience, account: Account
) -> Iterator[tuple[str, list[str]]]:
    """Of every message that should be found: where it is told otherwise. What should not be found is named too."""
    for identity in dict.fromkeys(one.identity for one in all_held):
        for kind in SEARCHED:
            wanted = {_key(body): (one, body) for one, body in _wanted(all_held, identity, kind, audience)}
            answer = client.post(
                f"/v1/{DOORS[kind]}/search",
                json={"patient": {"kind": identity[0], "value": identity[1]}, "count": 200},
            )
            if not answer.is_success:
                account.differences.append(f"search of {DOORS[kind]}: status {answer.status_code}")
                continue
            page = answer.json()
            account.differences += [f"search of {DOORS[kind]}: {one}" for one in page.get("warnings", ())]
            items = {_key(item): item for item in page["items"]}
            account.differences += [f"{DOORS[kind]} {one}: shown, and should not be" for one in items.keys() - wanted]
            for name, (one, body) in wanted.items():
                yield one.name, unlike(body, items[name]) if name in items else ["is not there"]


def _wanted(
    all_held: Sequence[Held], identity: tuple[str, str], kind: str, audience: Audience
) -> Iterator[tuple[Held, Json]]:
    for one in all_held:
        if one.kind == kind and one.identity == identity and (body := _seen(one, audience)) is not None:
            yield one, body


def _seen(one: Held, audience: Audience) -> Json | None:
    return seen(one.model, audience, running_clock(), one.region) if listed(one.model, audience) else None


def _key(item: Mapping[str, Any]) -> str:
    return f"{item.get('source')}/{item.get('number') or item.get('id')}"
