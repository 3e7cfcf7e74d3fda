from __future__ import annotations

from copy import deepcopy
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from adapter.delivery import plan as plans
from adapter.delivery.plan import (
    Base,
    Keep,
    There,
    Wanted,
    Write,
    bundle,
    etags_of,
    plan,
    their_own,
    to_read,
)
from adapter.server.references import literal, rendered
from mappings.problem import Json
from mappings.shape.filled import Filled
from tests.delivery.material import IDS, filled, id_of, reference, same_url, visit

NOTE = {"url": "urn:theirs", "valueString": "theirs"}


def wanted_of(filled: Filled) -> Wanted:
    return plans.wanted_of(filled, IDS.of(filled.key))


def wanted(comment: str = "new", **said: Any) -> Wanted:
    return wanted_of(visit("B-1", comment, **said))


def base(said: Json, held: Json | None = None, etag: str | None = 'W/"1"') -> Base:
    return Base(said, held or said, etag)


def planned(one: Wanted, base: Base | None = None, read: There | None = None) -> Write | Keep:
    bases, there = ({one.id: base} if base else {}), ({one.id: read} if read else {})
    made = plan([one], bases, there, lambda _: same_url)
    steps: list[Write | Keep] = [*made.writes, *made.keeps]
    return steps[0]


def test_what_nobody_has_is_created_unguarded_and_as_it_was_said() -> None:
    one = wanted()
    assert planned(one) == Write(one, one.filled.resource, None, merged=False)


def test_what_we_delivered_is_replaced_under_the_version_that_we_left_it_at() -> None:
    step = planned(wanted("new"), base(visit("B-1", "old").resource))
    assert isinstance(step, Write)
    assert (step.resource["comment"], step.if_match, step.merged) == ("new", 'W/"1"', False)


def test_what_others_had_added_stays_though_it_is_not_read_again() -> None:
    said = visit("B-1", "old").resource
    step = planned(wanted("new"), base(said, {**said, "extension": [NOTE]}))
    assert isinstance(step, Write)
    assert (step.resource["comment"], step.resource["extension"], step.merged) == ("new", [NOTE], True)


def test_what_we_no_longer_say_is_taken_away() -> None:
    said = visit("B-1", "old", description="ours").resource
    step = planned(wanted("old"), base(said))
    assert isinstance(step, Write)
    assert "description" not in step.resource


def test_after_a_conflict_theirs_is_kept_where_we_changed_nothing_and_ours_wins_where_we_did() -> None:
    said = visit("B-1", "old", description="both").resource
    theirs = {**said, "comment": "they", "priority": 3, "description": "they"}
    step = planned(wanted("new", description="both"), base(said), There(theirs, 'W/"5"'))
    assert isinstance(step, Write)
    assert (step.resource["comment"], step.resource["priority"], step.resource["description"]) == ("new", 3, "they")
    assert (step.if_match, step.conflicts, step.merged) == ('W/"5"', ("Appointment.comment",), True)


def test_what_is_there_already_is_not_sent_again() -> None:
    one = wanted("new")
    there = There(deepcopy(one.filled.resource), 'W/"2"')
    assert planned(one, base(visit("B-1", "old").resource), there) == Keep(one, one.filled.resource, 'W/"2"')


def test_what_was_deleted_there_is_made_anew() -> None:
    step = planned(wanted("new"), base(visit("B-1", "old").resource), There(None))
    assert isinstance(step, Write)
    assert (step.if_match, step.resource["comment"]) == (None, "new")


def test_a_shared_resource_is_added_to_and_never_taken_from() -> None:
    one = wanted_of(filled("Organization", "u", owned=False, name="New"))
    held = filled("Organization", "u", name="Old", alias=["kept"]).resource
    step = planned(one, base(filled("Organization", "u", name="Old").resource, held))
    assert isinstance(step, Write)
    assert (step.resource["name"], step.resource["alias"]) == ("New", ["kept"])


def test_a_shared_resource_that_others_hold_already_is_added_to_on_first_contact() -> None:
    one = wanted_of(filled("Organization", "u", owned=False, name="Ours"))
    step = planned(one, None, There(filled("Organization", "u", name="Theirs", alias=["kept"]).resource, 'W/"9"'))
    assert isinstance(step, Write)
    assert (step.resource["name"], step.resource["alias"], step.if_match) == ("Ours", ["kept"], 'W/"9"')


def test_labels_that_a_write_takes_away_are_named() -> None:
    label = {"system": "urn:labels", "code": "secret"}
    step = planned(wanted("new"), base(visit("B-1", "old", meta={"security": [label]}).resource))
    assert isinstance(step, Write)
    assert step.dropped == ("meta.security urn:labels#secret",)


def test_a_resource_is_read_where_it_may_be_there_and_nowhere_else() -> None:
    one = wanted()
    known = {one.id: base(visit("B-1", "old").resource)}
    unguarded = {one.id: base(visit("B-1", "old").resource, etag=None)}
    empty = frozenset({"Appointment"})
    assert to_read([one], {}, empty, unsure=False) == []
    assert to_read([one], {}, frozenset(), unsure=False) == [one]
    assert to_read([one], {}, empty, unsure=True) == [one]
    assert to_read([one], known, frozenset(), unsure=True) == []
    assert to_read([one], unguarded, empty, unsure=False) == [one]


def test_a_bundle_writes_each_at_its_own_id_under_its_own_version_with_literal_references() -> None:
    one, other = (
        wanted("new", supportingInformation=[reference("CareTeam", "t")]),
        wanted_of(filled("CareTeam", "t")),
    )
    writes = plan([one, other], {one.id: base(visit("B-1", "old").resource)}, {}, lambda _: same_url).writes
    made = bundle(writes, "http://server/fhir", lambda resource: rendered(resource, literal(IDS)))
    first, second = made["entry"]
    assert made["type"] == "transaction"
    assert first["request"] == {"method": "PUT", "url": f"Appointment/{one.id}", "ifMatch": 'W/"1"'}
    assert first["fullUrl"] == f"http://server/fhir/Appointment/{one.id}"
    assert first["resource"]["id"] == one.id
    assert first["resource"]["supportingInformation"] == [{"reference": f"CareTeam/{id_of('CareTeam', 't')}"}]
    assert second["request"] == {"method": "PUT", "url": f"CareTeam/{other.id}"}


def test_versions_are_read_from_an_answer_only_where_it_answers_every_write() -> None:
    writes = plan([wanted(), wanted_of(filled("CareTeam", "t"))], {}, {}, lambda _: same_url).writes
    ok, bad = {"response": {"status": "201 Created", "etag": 'W/"1"'}}, {"response": {"status": "412"}}
    assert etags_of({"entry": [ok, {"response": {"status": "200"}}]}, writes) == ['W/"1"', None]
    for answer in (None, {}, {"entry": [ok]}, {"entry": [ok, bad]}, {"entry": [ok, None]}, {"entry": "x"}):
        assert etags_of(answer, writes) is None


def test_what_the_server_alone_writes_is_no_part_of_what_is_there() -> None:
    read = {"resourceType": "A", "id": "1", "meta": {"versionId": "1", "lastUpdated": "x"}, "x": 1}
    assert their_own(read) == {"resourceType": "A", "x": 1}
    assert their_own({**read, "meta": {"versionId": "1", "tag": [1]}}) == {
        "resourceType": "A",
        "x": 1,
        "meta": {"tag": [1]},
    }


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
RESOURCES = st.dictionaries(st.sampled_from(["comment", "status", "extension", "note"]), JSON_VALUES, max_size=4)


@given(RESOURCES, RESOURCES)
def test_saying_again_what_was_said_writes_nothing_whatever_others_did(said: Json, held: Json) -> None:
    one = wanted_of(filled("Appointment", "B-1", **said))
    step = planned(one, Base(orjson.loads(one.said), {"resourceType": "Appointment", **held}, 'W/"1"'))
    assert isinstance(step, Keep)
    assert step.resource == {"resourceType": "Appointment", **held}
    assert step.conflicts == ()


# What a marking leaves


def bared(one: Wanted, base: Base | None = None, read: There | None = None) -> Write | Keep:
    bases, there = ({one.id: base} if base else {}), ({one.id: read} if read else {})
    made = plan([one], bases, there, lambda _: same_url, bare=True)
    steps: list[Write | Keep] = [*made.writes, *made.keeps]
    return steps[0]


def test_bare_is_written_whole_whoever_wrote_what_is_there() -> None:
    said = visit("B-1", "old", description="ours").resource
    theirs = {**said, "extension": [NOTE], "meta": {"tag": [{"system": "s", "code": "c"}]}}
    one = wanted("old")
    for base_, read in (
        (base(said, theirs), None),
        (None, There(theirs, 'W/"1"')),
        (base(said), There(theirs, 'W/"1"')),
    ):
        step = bared(one, base_, read)
        assert step == Write(one, one.filled.resource, 'W/"1"', merged=False, dropped=("meta.tag s#c",))


def test_bare_is_kept_where_nothing_else_is_there() -> None:
    one = wanted("old")
    assert bared(one, base(one.filled.resource)) == Keep(one, one.filled.resource, 'W/"1"')
    assert isinstance(bared(one, None, There(None)), Write)
