"""What a template can say, each capability with a small shape of its own, both ways."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from mappings.problem import Json
from mappings.region.field import CARE, Regional, shown
from mappings.shape.codec import DAY, FLAG, MINUTES, TEXT, codes, exact, plain, prefixed, reference, typed
from mappings.shape.graph import Beside, Graph, Node, Reading, Unmappable
from mappings.shape.key import Key
from mappings.shape.merge import merge
from mappings.shape.shape import Shape
from mappings.shape.template import Coding, Each, Echo, Hole, Item, Usually, When, view
from mappings.shape.trace import trace
from tests.laws.strategies import TABLES, Tables

OURS = "https://ours.example"
WHOLE = typed(int)


class Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Kind(StrEnum):
    TEXT = "text"
    COUNT = "count"


class Status(StrEnum):
    PLANNED = "planned"
    MOVED = "moved"
    DONE = "done"


def graph(model: type[BaseModel], template: Json, *nodes: Node, beside: Iterable[Beside] = ()) -> Graph[Any]:
    """A graph of one Basic resource, and of more where they are given."""
    root = Node("root", Shape({"resourceType": "Basic", **template}), lambda whole: Key("Basic", "urn:x", "1"))
    return Graph(model, "test", root, *nodes, beside=beside)


def there_and_back(mapping: Graph[Any], value: Any, tables: Tables = TABLES) -> Json:
    """The root resource, when just what was sent is read of it."""
    filled = mapping.fill(value, tables)
    reading = mapping.read(filled[0].resource, {one.key: one.resource for one in filled}, tables)
    assert reading == Reading(value, ())
    return {key: element for key, element in filled[0].resource.items() if key != "resourceType"}


def read(mapping: Graph[Any], tables: Tables = TABLES, **resource: Any) -> tuple[Any, list[str]]:
    reading = mapping.read({"resourceType": "Basic", **resource}, {}, tables)
    return reading.value, [f"{finding.kind.value} {finding.path}" for finding in reading.findings]


# -- values of several types ------------------------------------------------------------------------------------------


class Answer(Part):
    kind: Kind
    text: str | None = None
    count: int | None = None


BY_KIND = graph(
    Answer,
    {
        "extension": [{"url": "kind", "valueCode": Hole("kind", exact(Kind))}],
        "valueString": When("kind", frozenset({Kind.TEXT}), Hole("text", TEXT)),
        "valueInteger": When("kind", frozenset({Kind.COUNT}), Hole("count", WHOLE)),
    },
)
BY_PLACE = graph(
    Answer,
    {
        "extension": [{"url": "kind", "valueCode": Hole("kind", exact(Kind))}],
        "valueString": Hole("text", TEXT),
        "valueInteger": Hole("count", WHOLE),
    },
)


@pytest.mark.parametrize("mapping", [BY_KIND, BY_PLACE], ids=["by state", "by typed places"])
def test_a_value_stands_in_the_element_of_its_type(mapping: Graph[Any]) -> None:
    assert there_and_back(mapping, Answer(kind=Kind.TEXT, text="ja"))["valueString"] == "ja"
    assert there_and_back(mapping, Answer(kind=Kind.COUNT, count=3))["valueInteger"] == 3


def test_a_value_in_the_element_of_another_type_is_named_and_not_taken() -> None:
    kind = [{"url": "kind", "valueCode": "count"}]

    assert read(BY_KIND, extension=kind, valueString="3") == (Answer(kind=Kind.COUNT), ["extra Basic.valueString"])
    for wrong in ("3", 3.0, True):
        assert read(BY_KIND, extension=kind, valueInteger=wrong) == (
            Answer(kind=Kind.COUNT),
            ["extra Basic.valueInteger"],
        )


# -- fields that only some states can carry ---------------------------------------------------------------------------


def test_a_field_with_no_place_in_the_present_state_is_refused_by_name() -> None:
    with pytest.raises(Unmappable) as refusal:
        BY_KIND.fill(Answer(kind=Kind.COUNT, text="planted-value", count=3), TABLES)

    assert refusal.value.fields == ("text",)
    assert "planted-value" not in str(refusal.value)


def test_a_field_with_another_place_in_the_present_state_is_carried_there() -> None:
    template = {
        "extension": [
            {"url": "kind", "valueCode": Hole("kind", exact(Kind))},
            {"url": "count", "valueInteger": Hole("count", WHOLE)},
            {"url": "text", "valueString": When("kind", frozenset({Kind.COUNT}), Hole("text", TEXT))},
        ],
        "valueString": When("kind", frozenset({Kind.TEXT}), Hole("text", TEXT)),
    }

    for kind in Kind:
        there_and_back(graph(Answer, template), Answer(kind=kind, text="ja"))


class Answers(Part):
    open: bool
    answers: tuple[Answer, ...] = ()


def test_the_state_of_a_list_item_and_of_what_it_stands_in_both_count() -> None:
    part = {
        "url": "answer",
        "extension": [
            {"url": "kind", "valueCode": Hole("kind", exact(Kind))},
            {"url": "count", "valueInteger": Hole("count", WHOLE)},
            {"url": "text", "valueString": When("kind", frozenset({Kind.TEXT}), Hole("text", TEXT))},
        ],
    }
    template = {
        "active": Hole("open", FLAG),
        "extension": [When("open", frozenset({True}), Each("answers", part, key=("kind",)))],
    }
    mapping = graph(Answers, template)
    one, other = Answer(kind=Kind.TEXT, text="ja"), Answer(kind=Kind.COUNT, text="nej")

    there_and_back(mapping, Answers(open=True, answers=(one,)))
    there_and_back(mapping, Answers(open=False))
    with pytest.raises(Unmappable, match=r"no place for answers\.text"):
        mapping.fill(Answers(open=True, answers=(one, other)), TABLES)
    with pytest.raises(Unmappable, match=r"answers\.kind"):
        mapping.fill(Answers(open=False, answers=(one,)), TABLES)


class Order(Part):
    number: str
    urgent: bool
    reason: str | None = None


def test_a_field_whose_resource_is_not_written_in_the_present_state_is_refused_by_name() -> None:
    mapping = graph(
        Order,
        {
            "identifier": [{"system": "urn:x", "value": Hole("number", TEXT)}],
            "active": Hole("urgent", FLAG),
            "subject": When("urgent", frozenset({True}), {"reference": Echo(lambda o, _: Key("Task", "u", "1").text)}),
        },
        Node(
            "task",
            Shape({"resourceType": "Task", "status": "ready", "description": Hole("reason", TEXT)}),
            lambda _: Key("Task", "u", "1"),
            via=("root", "subject"),
            when=lambda order: order.urgent,
        ),
    )

    there_and_back(mapping, Order(number="1", urgent=True, reason="hög feber"))
    with pytest.raises(Unmappable, match="no place for reason"):
        mapping.fill(Order(number="1", urgent=False, reason="hög feber"), TABLES)


def test_every_field_without_a_place_is_told_at_once() -> None:
    class Both(Part):
        kind: Kind
        one: timedelta | None = None
        two: str | None = None

    mapping = graph(
        Both,
        {
            "code": Hole("kind", exact(Kind)),
            "valueInteger": Hole("one", MINUTES),
            "valueString": When("kind", frozenset({Kind.TEXT}), Hole("two", TEXT)),
        },
    )
    with pytest.raises(Unmappable) as refusal:
        mapping.fill(Both(kind=Kind.COUNT, one=timedelta(seconds=1), two="x"), TABLES)

    assert set(refusal.value.fields) == {"one", "two"}


# -- extensions, contained ---------------------------------------------------------------------------------------------


class Person(Part):
    birth: date | None = None
    birth_certain: bool | None = None
    tier: str | None = None
    level: int | None = None
    employer: str | None = None


PERSON = graph(
    Person,
    {
        "birthDate": Hole("birth", DAY),
        "_birthDate": {"extension": [{"url": f"{OURS}/certain", "valueBoolean": Hole("birth_certain", FLAG)}]},
        "extension": [
            {
                "url": f"{OURS}/outer",
                "extension": [
                    {"url": "tier", "valueString": Hole("tier", TEXT)},
                    {"url": "inner", "extension": [{"url": "level", "valueInteger": Hole("level", WHOLE)}]},
                ],
            }
        ],
        "contained": [{"resourceType": "Organization", "id": "employer", "name": Hole("employer", TEXT)}],
        "managingOrganization": {"reference": Echo(lambda person, _: "#employer" if person.employer else None)},
    },
)


def test_an_extension_in_an_extension_in_an_extension() -> None:
    outer = there_and_back(PERSON, Person(tier="A", level=2))["extension"][0]

    assert outer["extension"][1]["extension"] == [{"url": "level", "valueInteger": 2}]
    assert [part["url"] for part in there_and_back(PERSON, Person(level=2))["extension"][0]["extension"]] == ["inner"]


def test_a_primitive_and_its_extension_stand_beside_each_other_or_alone() -> None:
    extension = {"extension": [{"url": f"{OURS}/certain", "valueBoolean": False}]}

    assert there_and_back(PERSON, Person(birth=date(1912, 12, 12), birth_certain=False)) == {
        "birthDate": "1912-12-12",
        "_birthDate": extension,
    }
    assert there_and_back(PERSON, Person(birth_certain=False)) == {"_birthDate": extension}
    assert PERSON.fhirpath("/birthCertain") == f"Basic.birthDate.extension('{OURS}/certain').value"


def test_a_contained_resource_and_the_reference_to_it() -> None:
    assert there_and_back(PERSON, Person(employer="Kliniken")) == {
        "contained": [{"resourceType": "Organization", "id": "employer", "name": "Kliniken"}],
        "managingOrganization": {"reference": "#employer"},
    }
    assert there_and_back(PERSON, Person()) == {}


def test_a_part_in_which_nothing_is_said_is_left_out_with_all_that_is_fixed_in_it() -> None:
    kind = {"coding": [{"system": f"{OURS}/kinds", "code": "tier"}]}
    mapping = graph(
        Person,
        {
            **PERSON.root.shape.template,
            "code": {"coding": [{"system": OURS, "code": "person"}]},
            "item": [{"type": kind, "note": [{"text": "fixed"}], "value": Hole("tier", TEXT)}],
            "extension": [{"url": "level", "valueInteger": Hole("level", WHOLE)}],
        },
    )

    assert there_and_back(mapping, Person()) == {"code": {"coding": [{"system": OURS, "code": "person"}]}}
    assert there_and_back(mapping, Person(tier="A"))["item"] == [
        {"type": kind, "note": [{"text": "fixed"}], "value": "A"}
    ]


def test_a_resource_in_which_nothing_is_said_is_still_there() -> None:
    assert PERSON.fill(Person(), TABLES)[0].resource == {"resourceType": "Basic"}
    assert [step.path for step in trace(PERSON, Person(), TABLES)] == ["Basic.resourceType"]


def test_what_others_contain_is_named() -> None:
    value, told = read(PERSON, contained=[{"resourceType": "Device", "id": "d"}], birthDate="1912-12-12")

    assert value == Person(birth=date(1912, 12, 12))
    assert told == ["extra Basic.contained"]


# -- repeating parts ---------------------------------------------------------------------------------------------------


class Hour(Part):
    opens: int
    days: tuple[Kind, ...] = ()


class Way(Part):
    number: str
    hours: tuple[Hour, ...] = ()


class Desk(Part):
    name: str | None = None
    ways: tuple[Way, ...] = ()


HOUR = {
    "url": "hour",
    "extension": [
        {"url": "opens", "valueInteger": Hole("opens", WHOLE)},
        Each("days", {"url": "day", "valueCode": Hole("", exact(Kind))}),
    ],
}
DESK = graph(
    Desk,
    {
        "extension": [
            {"url": "name", "valueString": Hole("name", TEXT)},
            Each(
                "ways",
                {
                    "url": "way",
                    "extension": [
                        {"url": "number", "valueString": Hole("number", TEXT)},
                        Each("hours", HOUR, key=("opens",)),
                    ],
                },
                key=("number",),
            ),
        ]
    },
)
FULL_DESK = Desk(
    name="Kassan",
    ways=(
        Way(number="1", hours=(Hour(opens=8), Hour(opens=13, days=(Kind.TEXT, Kind.COUNT)))),
        Way(number="2"),
    ),
)


def test_a_repeating_part_in_a_repeating_part_in_a_repeating_part() -> None:
    there_and_back(DESK, FULL_DESK)
    there_and_back(DESK, Desk())
    there_and_back(DESK, Desk(ways=FULL_DESK.ways[::-1]))


def test_an_item_deep_inside_is_known_by_its_key_when_merged() -> None:
    changed = Desk(ways=(Way(number="1", hours=(Hour(opens=8, days=(Kind.TEXT,)),)), Way(number="3")))
    before, now = (DESK.fill(desk, TABLES)[0].resource for desk in (FULL_DESK, changed))
    theirs = DESK.fill(FULL_DESK, TABLES)[0].resource
    hours = theirs["extension"][1]["extension"]
    hours.insert(0, {"url": f"{OURS}/theirs", "valueString": "kept"})
    hours.reverse()
    merged = merge(before, now, theirs, DESK.root.shape.identity)
    value, told = read(DESK, **merged.resource)

    assert value == changed
    assert told == ["extra Basic.extension[0].extension[2]"]


def test_an_item_with_a_doubled_part_is_named_there() -> None:
    resource = DESK.fill(FULL_DESK, TABLES)[0].resource
    resource["extension"][1]["extension"].append({"url": "number", "valueString": "3"})

    assert read(DESK, **resource) == (FULL_DESK, ["extra Basic.extension[1].extension[3]"])


def test_a_list_item_that_would_leave_nothing_behind_is_refused_not_dropped() -> None:
    class Note(Part):
        text: str | None = None

    class Notes(Part):
        notes: tuple[Note, ...] = ()

    mapping = graph(Notes, {"note": [Each("notes", {"text": Hole("text", TEXT)}, key=("text",))]})

    there_and_back(mapping, Notes(notes=(Note(text="a"),)))
    with pytest.raises(Unmappable, match="no place for notes"):
        mapping.fill(Notes(notes=(Note(text="a"), Note())), TABLES)


# -- views and echoes --------------------------------------------------------------------------------------------------


class Task(Part):
    status: Status
    minutes: int = 0


SHOWN = {Status.PLANNED: "draft", Status.MOVED: "draft", Status.DONE: "completed"}
TASK = graph(
    Task,
    {
        "extension": [
            {"url": f"{OURS}/status", "valueCode": Hole("status", exact(Status))},
            {"url": f"{OURS}/minutes", "valueInteger": Hole("minutes", WHOLE)},
        ],
        "status": view("status", SHOWN, {"draft": Status.PLANNED, "completed": Status.DONE}),
        "duration": Echo(lambda task, _: task.minutes * 60),
    },
)


def written(exact_status: Status, /, **changed: Any) -> Json:
    return TASK.fill(Task(status=exact_status, minutes=2), TABLES)[0].resource | changed


@pytest.mark.parametrize("status", Status)
def test_a_view_carries_more_regional_codes_than_fhir_codes(status: Status) -> None:
    assert there_and_back(TASK, Task(status=status))["status"] == SHOWN[status]


def test_where_others_moved_only_the_view_its_default_regional_code_wins() -> None:
    assert read(TASK, **written(Status.MOVED, status="completed")) == (
        Task(status=Status.DONE, minutes=2),
        ["changed Basic.extension[0].valueCode"],
    )


def test_a_view_stands_in_for_the_exact_code_in_what_others_wrote() -> None:
    value, told = read(TASK, status="draft", extension=[{"url": f"{OURS}/minutes", "valueInteger": 2}])

    assert value == Task(status=Status.PLANNED, minutes=2)
    assert "missing Basic.extension[1]" in told


def test_a_view_that_no_regional_code_has_is_named_and_changes_nothing() -> None:
    assert read(TASK, **written(Status.MOVED, status="on-hold")) == (
        Task(status=Status.MOVED, minutes=2),
        ["changed Basic.status"],
    )


def test_an_echo_that_others_changed_is_named_and_changes_nothing() -> None:
    assert read(TASK, **written(Status.DONE, duration=60)) == (
        Task(status=Status.DONE, minutes=2),
        ["changed Basic.duration"],
    )


class Tasks(Part):
    status: Status | None = None
    tasks: tuple[Task, ...] = ()


TASKS = graph(
    Tasks,
    {
        "status": Hole("status", exact(Status)),
        "extension": [
            Each(
                "tasks",
                {
                    "url": "task",
                    "extension": [
                        {"url": "status", "valueCode": Hole("status", exact(Status))},
                        {"url": "shown", "valueCode": view("status", SHOWN, {"completed": Status.DONE})},
                        {"url": "minutes", "valueInteger": Hole("minutes", WHOLE)},
                    ],
                },
                key=("minutes",),
            )
        ],
    },
)


def test_a_view_in_a_list_item_speaks_of_that_item_alone() -> None:
    tasks = Tasks(tasks=(Task(status=Status.MOVED, minutes=1), Task(status=Status.MOVED, minutes=2)))
    there_and_back(TASKS, tasks)
    resource = TASKS.fill(tasks, TABLES)[0].resource
    resource["extension"][1]["extension"][1]["valueCode"] = "completed"
    value, told = read(TASKS, **resource)

    assert value == Tasks(tasks=(tasks.tasks[0], Task(status=Status.DONE, minutes=2)))
    assert told == ["changed Basic.extension[1].extension[0].valueCode"]


def test_a_view_in_a_list_item_stands_in_for_the_exact_code_of_that_item_alone() -> None:
    shown = {"url": "shown", "valueCode": "completed"}
    items = [{"url": "task", "extension": [shown, {"url": "minutes", "valueInteger": n}]} for n in (1, 2)]
    items[0]["extension"] = [{"url": "status", "valueCode": "moved"}, items[0]["extension"][1]]
    value, _ = read(TASKS, extension=items)

    assert value == Tasks(tasks=(Task(status=Status.MOVED, minutes=1), Task(status=Status.DONE, minutes=2)))


def test_a_view_is_not_taken_for_that_of_another_item_where_one_could_not_be_read() -> None:
    unreadable, moved = TASKS.fill(
        Tasks(tasks=(Task(status=Status.MOVED, minutes=1), Task(status=Status.MOVED, minutes=2))), TABLES
    )[0].resource["extension"]
    unreadable["extension"] = unreadable["extension"][2:]
    moved["extension"][1]["valueCode"] = "completed"
    value, told = read(TASKS, extension=[unreadable, moved])

    assert value == Tasks(tasks=(Task(status=Status.MOVED, minutes=2),))
    assert told == ["extra Basic.extension[0]", "changed Basic.extension[1].extension[1].valueCode"]


def test_what_is_usual_is_written_and_never_asked_for() -> None:
    mapping = graph(Order, {"code": Hole("number", TEXT), "active": Hole("urgent", FLAG), "mode": Usually("normal"),
                            "note": Hole("reason", TEXT)})  # fmt: skip

    assert there_and_back(mapping, Order(number="1", urgent=True))["mode"] == "normal"
    assert read(mapping, code="1", active=True, mode="odd") == (
        Order(number="1", urgent=True),
        ["changed Basic.mode"],
    )


# -- references and vocabularies --------------------------------------------------------------------------------------


def _of_unit(key: Key) -> str:
    if key.system != "urn:unit":
        raise ValueError("unit")
    return key.value


class Visit(Part):
    unit: str | None = None
    kind: str | None = None


VISIT = graph(
    Visit,
    {
        "subject": {
            "reference": Hole(
                "unit", reference("Organization", lambda u, _: Key("Organization", "urn:unit", u), _of_unit)
            )
        },
        "code": {
            "coding": [Coding("kind", "visit-types"), {"system": f"{OURS}/any", "code": Echo(lambda v, _: v.kind)}]
        },
    },
)


def test_a_reference_is_a_key() -> None:
    resource = there_and_back(VISIT, Visit(unit="a|b c/å%"))

    assert resource["subject"]["reference"] == "Organization?identifier=urn:unit|a%7Cb%20c%2F%C3%A5%25"


@pytest.mark.parametrize(
    "text", ["Organization/1", "Patient?identifier=urn:unit|1", "Organization?identifier=urn:other|1", "#1", ""]
)
def test_a_reference_to_something_else_is_named_and_not_taken(text: str) -> None:
    assert read(VISIT, subject={"reference": text}) == (Visit(), ["extra Basic.subject"])


def test_the_same_shape_speaks_every_sources_own_codes() -> None:
    cosmic, pasis = Tables("COSMIC"), Tables("PASIS")
    there, elsewhere = (there_and_back(VISIT, Visit(kind="nybesok"), tables) for tables in (cosmic, pasis))

    assert there["code"]["coding"][0] == {
        "system": "https://tables.example/COSMIC/visit-types",
        "code": "nybesok",
        "display": "Nybesok (visit-types)",
    }
    assert elsewhere["code"]["coding"][0]["system"] == "https://tables.example/PASIS/visit-types"
    assert read(VISIT, pasis, **there)[0] == Visit()


def test_who_knows_the_tables_finds_a_concept_of_ours_that_others_put_a_code_before() -> None:
    mapping = graph(Visit, {"language": Hole("unit", TEXT), "type": [{"coding": [Coding("kind", "visit-types")]}]})
    before, now, theirs = (mapping.fill(Visit(kind=kind), TABLES)[0].resource for kind in ("a", "b", "a"))
    stranger = {"system": "https://others.example", "code": "x"}
    theirs["type"][0]["coding"].insert(0, stranger)
    shape = mapping.root.shape
    merged = merge(before, now, theirs, shape.identity_with(TABLES))

    assert [coding["code"] for coding in merged.resource["type"][0]["coding"]] == ["x", "b"]
    assert read(mapping, **merged.resource) == (Visit(kind="b"), ["extra Basic.type[0].coding[0]"])
    assert merge(before, now, theirs, shape.identity).conflicts == ("Basic.type[0]",)


def test_a_term_that_others_changed_is_named() -> None:
    coding = there_and_back(VISIT, Visit(kind="nybesok"))["code"]["coding"]
    coding[0]["display"] = "Återbesök"

    assert read(VISIT, code={"coding": coding}) == (Visit(kind="nybesok"), ["changed Basic.code.coding[0].display"])


# -- what stands beside an aggregate -----------------------------------------------------------------------------------


def test_a_resource_beside_is_written_once_and_never_read() -> None:
    unit = Shape({"resourceType": "Organization", "name": Hole("unit", TEXT)})
    units = Beside("unit", unit, lambda visit, _: [visit, visit], lambda v: Key("Organization", "urn:unit", v.unit))
    filled = graph(Visit, VISIT.root.shape.template, beside=[units]).fill(Visit(unit="a"), TABLES)

    assert [(one.node, one.owned) for one in filled] == [("test.root", True), ("test.unit", False)]


def test_what_stands_beside_is_each_messages_own_and_in_its_own_sources_codes() -> None:
    unit = Shape({"resourceType": "Organization", "type": [{"coding": [Coding("kind", "unit-types")]}]})
    units = Beside("unit", unit, lambda visit, _: [visit], lambda v: Key("Organization", "urn:unit", v.unit))
    mapping = graph(Visit, VISIT.root.shape.template, beside=[units])
    cosmic, pasis, visit = Tables("COSMIC"), Tables("PASIS"), Visit(unit="a", kind="x")
    mapping.fill(visit, cosmic)[1].resource["type"].clear()

    for tables in (cosmic, pasis):
        [concept] = mapping.fill(visit, tables)[1].resource["type"]
        assert concept["coding"][0]["system"] == f"https://tables.example/{tables.source}/unit-types"


def test_what_stands_beside_and_cannot_be_written_is_refused_by_name() -> None:
    unit = Shape({"resourceType": "Organization", "partOf": Hole("unit", plain(int, str))})
    units = Beside("unit", unit, lambda visit, _: [visit], lambda v: Key("Organization", "urn:unit", v.unit))

    with pytest.raises(Unmappable, match=r"no place for unit$"):
        graph(Visit, VISIT.root.shape.template, beside=[units]).fill(Visit(unit="no number"), TABLES)


# -- what does not load -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "items",
    [
        [{"value": Hole("a", TEXT)}, {"value": Hole("b", TEXT)}],
        [{"use": "same", "value": Hole("a", TEXT)}, {"use": "same", "value": Hole("b", TEXT)}],
        [{"use": "fixed", "value": Hole("a", TEXT)}, {"value": Hole("b", TEXT)}],
        [{"use": "fixed", "value": Hole("a", TEXT)}, Each("b", {"value": Hole("", TEXT)})],
        [{"system": Hole("a", prefixed("urn:a/"))}, {"system": "urn:a/1", "value": Hole("b", TEXT)}],
        [{"coding": [Coding("a", "same")]}, {"coding": [Coding("b", "same")]}],
        [{"value": Hole("a", TEXT)}, {"value": Hole("b", prefixed("urn:b/"))}],
        [{"coding": [Coding("a", "one")]}, {"coding": [{"system": OURS}], "text": Hole("b", TEXT)}],
        [Item({"value": Hole("a", TEXT)}, by={"use": "x"}), Item({"value": Hole("b", TEXT)}, by={"use": "x"})],
        [{"reference": Echo(lambda _, __: "A/1", kind="A")}, {"reference": Hole("a", plain(str, str, lambda _: True))}],
        [{"inner": [{"value": Hole("a", TEXT)}, {"value": Hole("b", TEXT)}]}],
        [When("a", frozenset({"x"}), {"value": Hole("a", TEXT)}), {"value": Hole("b", TEXT)}],
    ],
)
def test_a_list_whose_items_cannot_be_told_apart_does_not_load(items: list[Any]) -> None:
    with pytest.raises(TypeError, match=r"^Basic\.item.*: list items cannot be told apart$"):
        Shape({"resourceType": "Basic", "item": items})


def test_list_items_told_apart_by_fixed_values_kinds_tables_or_what_they_surely_hold_load() -> None:
    Shape(
        {
            "resourceType": "Basic",
            "item": [{"use": "a", "value": Hole("a", TEXT)}, {"use": "b", "value": Hole("b", TEXT)}],
        }
    )
    Shape({"resourceType": "Basic", "item": [Coding("a", "one"), Coding("b", "other"), {"system": OURS, "code": "x"}]})
    Shape({"resourceType": "Basic", "item": [Item(Hole("a", TEXT), by={"x": 1}), Item(Hole("b", TEXT), by={"x": 2})]})


def test_a_repeated_part_known_by_a_field_that_it_does_not_hold_does_not_load() -> None:
    with pytest.raises(TypeError, match="known by what they do not hold"):
        Shape({"resourceType": "Basic", "item": [Each("a", {"value": Hole("number", TEXT)}, key=("nummer",))]})


def test_a_field_without_a_place_does_not_load() -> None:
    with pytest.raises(TypeError, match=r"^Desk: no resource carries ways\.hours\.days, ways\.number$"):
        graph(
            Desk,
            {
                "name": Hole("name", TEXT),
                "item": [
                    Each("ways", {"v": [Each("hours", {"o": Hole("opens", WHOLE)}, key=("opens",))]}, key=("hours",))
                ],
            },
        )


def test_a_code_table_that_is_not_one_to_one_over_its_enumeration_does_not_load() -> None:
    with pytest.raises(TypeError, match="Status is not one-to-one"):
        codes({Status.PLANNED: "a", Status.MOVED: "a", Status.DONE: "b"})
    with pytest.raises(TypeError, match="Status is not one-to-one"):
        codes({Status.PLANNED: "a", Status.MOVED: "b"})


def test_a_field_that_does_not_say_who_may_see_it_does_not_load() -> None:
    with pytest.raises(TypeError, match=r"^Forgotten\.phone does not say who may see it$"):

        class Forgotten(Regional):
            name: str = shown(CARE)
            phone: str


def test_a_shape_that_names_a_field_the_model_lacks_does_not_load() -> None:
    class Named(Part):
        name: str

    with pytest.raises(TypeError, match="Named has no colour"):
        graph(Named, {"id": Hole("name", TEXT), "language": Hole("colour", TEXT)})
    with pytest.raises(TypeError, match="Named has no kinnd"):
        graph(Named, {"id": Hole("name", TEXT), "language": When("kinnd", frozenset({Kind.TEXT}), Hole("name", TEXT))})
