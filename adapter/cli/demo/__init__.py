"""`vardbro demo`: the whole way on one machine, region by region. Exits 0 only if all of it was as it should be."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from adapter.cli import logs
from adapter.cli.console import console, progress, write_json
from adapter.cli.demo import resources
from adapter.cli.demo.account import Account, told
from adapter.cli.demo.inputs import Example, examples
from adapter.cli.demo.pushing import Pushed, again, push, refuse
from adapter.cli.demo.reading import as_portal, as_staff, held
from adapter.cli.demo.resources import Wanted
from adapter.cli.demo.stage import Stage, stage
from adapter.cli.exits import Code
from adapter.cli.serve import told_to_stop
from adapter.region import SAMPLE, SAMPLES
from mappings.region.reading import read


@dataclass(frozen=True, slots=True)
class Setting:
    """Where the demo takes place."""

    fhir_server: str | None = None
    region: Path | None = None
    data: Path | None = None

    def regions(self, *, one: bool) -> tuple[Path, ...]:
        """The region given; without one every sample region, each on a server of its own, or the made-up one where
        there is room for one only: a FHIR server is one region's (Decided 13)."""
        if self.region:
            return (self.region,)
        return (Path(SAMPLE),) if one or self.fhir_server else tuple(map(Path, SAMPLES))


def demonstrate(setting: Setting, *, stay: bool, as_json: bool, log_level: str) -> Code:
    """Pushes, delivers, reads back, compares, sends again, and says what came of it; for each region by itself."""
    logs.start(log_level)
    regions = setting.regions(one=stay)
    accounts: list[Account] = []
    with told_to_stop():
        for region in regions:
            with stage(setting.fhir_server, region, setting.data) as at:
                accounts.append(_the_whole_way(at))
                if not as_json:
                    accounts[-1].show()
                elif region is regions[-1]:
                    write_json(told(accounts))
                if stay:
                    _stay(at)
    return Code.GOOD if all(account.good for account in accounts) else Code.REFUSED


def _the_whole_way(at: Stage) -> Account:
    begun = time.monotonic()
    account = Account(at.region.region, at.region.name, {"FHIR server": at.fhir, "gateway": at.gateway})
    these = examples(at.region)
    with progress(2 * len(these.accepted) + len(these.refused), f"pushing, {at.region.region}") as pushing:
        before = _before(at, these.accepted)
        pushed = push(at, these.accepted, account, pushing)
        refuse(at, these.refused, account, pushing)
        all_held = held(pushed, at.region)
        as_staff(at, all_held, account)
        as_portal(at, all_held, account)
        resources.as_golden(at, pushed, account, own=these.own)
        all_wanted = resources.wanted(at, all_held)
        resources.over_fhir(at, all_wanted, account, lambda _: None)
        _versions(at, pushed, before, account)
        _nothing_new(at, pushed, all_wanted, account, pushing)
    account.seconds = time.monotonic() - begun
    return account


def _before(at: Stage, accepted: Sequence[Example]) -> dict[str, int | None]:
    """What the server keeps of these messages already, from an earlier demo."""
    messages = ((one.kind, read(one.kind, one.body, at.region).message) for one in accepted)
    return resources.histories(at, [resources.root(at, kind, message) for kind, message in messages if message])


def _versions(at: Stage, pushed: Sequence[Pushed], before: Mapping[str, int | None], account: Account) -> None:
    """Each accepted version is on the server once; on one that held something before, at most once."""
    new = Counter(resources.root(at, one.example.kind, one.message) for one in pushed if not one.repeated)
    after = resources.histories(at, before)
    if None in after.values():
        account.notes.append("the server keeps no history that can be read")
        return
    found = []
    for place, held_before in before.items():
        more = (after[place] or 0) - (held_before or 0)
        right = more <= new[place] if held_before else more == new[place]
        found.append((place, [] if right else [f"{more} versions more on the server, of {new[place]} accepted"]))
    account.compare("histories with one version for each accepted one", found)


def _nothing_new(
    at: Stage,
    pushed: Sequence[Pushed],
    all_wanted: Mapping[str, Wanted],
    account: Account,
    pushing: Callable[[int], None],
) -> None:
    """Everything once more: the same receipts, and the server as it was."""
    before = resources.tags(at, all_wanted)
    again(at, pushed, account, pushing)
    after = resources.tags(at, all_wanted)
    found = ((place, [] if after[place] == tag else ["written again"]) for place, tag in before.items())
    account.compare("resources untouched when everything was sent once more", found)


def _stay(at: Stage) -> None:
    """Until SIGTERM or SIGINT."""
    out = console()
    out.print()
    out.print("Still up. Ask it as staff do:")
    out.print(
        f"""
  curl -s {at.gateway}/v1/bookings/search \\
    -H 'Authorization: Bearer {at.staff_token}' \\
    -d '{{"patient": {{"kind": "personnummer", "value": "191212121212"}}}}'

  {at.gateway}/docs shows every door. Stop with Ctrl-C.
""",
        soft_wrap=True,
    )
    threading.Event().wait()
