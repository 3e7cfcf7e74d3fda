"""The regions of the source documents: what becomes of their own messages, and that their forms are all there."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from adapter.region import SAMPLE, SAMPLES
from adapter.server.bundle import collection, opened
from adapter.server.references import literal, rendered
from adapter.validation import validate
from mappings.guide import guide
from mappings.problem import Json
from mappings.region.booking import Booking, Form
from mappings.region.care_event import CareEvent, EventType
from mappings.resources.outline import GRAPHS
from tests.servers.validator import Validator

from .corpus import Entry, Taken, accepted, folder_of, ids_of, index, of_all_regions, problems
from .test_validator import told
from .texts import difference, golden

REGIONS = tuple(name for name in SAMPLES if name != SAMPLE)
ACCEPTED = [entry for region in REGIONS for entry in index(region)[0]]
REFUSED = [entry for region in REGIONS for entry in index(region)[1]]


def named(entry: Entry) -> str:
    return f"{entry.region}/{entry.file}"


@pytest.fixture(params=ACCEPTED, ids=named)
def taken(request: pytest.FixtureRequest) -> Taken:
    """Each accepted message of each region in turn."""
    entry: Entry = request.param
    [found] = [one for one in accepted(entry.region) if one.entry == entry]
    return found


def made(taken: Taken) -> Json:
    return collection(taken.filled, ids_of(taken.entry.region))


def test_a_message_comes_back_from_the_fhir_that_it_becomes_and_nothing_is_left_over(taken: Taken) -> None:
    resources = opened(json.loads(json.dumps(made(taken))))
    graph = GRAPHS[taken.entry.kind]
    apart = {name: getattr(taken.judged.message, name) for name in graph.apart}
    reading = graph.read(next(iter(resources.values())), resources, taken.source, apart)
    assert reading.findings == ()
    assert reading.value == taken.judged.message


def test_our_own_validation_has_nothing_to_say_of_what_it_becomes(taken: Taken) -> None:
    to = literal(ids_of(taken.entry.region))
    assert [problem for one in taken.filled for problem in validate(rendered(one.resource, to))] == []


def test_the_index_says_which_rules_warn_and_which_derive(taken: Taken) -> None:
    assert {problem.rule for problem in taken.judged.warnings} == set(taken.entry.warns)
    assert {derived.rule for derived in taken.judged.derived} == set(taken.entry.derived)


@pytest.mark.parametrize("entry", [entry for entry in ACCEPTED if entry.golden], ids=named)
def test_what_a_telling_message_becomes_is_its_golden_file_byte_for_byte(entry: Entry) -> None:
    [taken] = [one for one in accepted(entry.region) if one.entry == entry]
    path, wanted = golden(taken)
    if said := difference(path, wanted):
        pytest.fail(said, pytrace=False)


@pytest.mark.parametrize("entry", REFUSED, ids=named)
def test_a_refused_message_breaks_just_the_rule_it_is_named_for(entry: Entry) -> None:
    refusing = [(problem.rule, problem.path) for problem in problems(entry) if problem.refuses]
    assert refusing == [(entry.rule, entry.path)]
    assert entry.file.startswith(f"refused/{entry.rule}-")


@pytest.mark.parametrize("region", REGIONS)
def test_the_index_holds_every_message_once_and_every_golden_file_has_one(region: str) -> None:
    folder, (ours, refused) = folder_of(region), index(region)
    held = {path.relative_to(folder / "messages").as_posix() for path in (folder / "messages").rglob("*.json")}
    assert sorted(entry.file for entry in (*ours, *refused)) == sorted(held)
    goldens = {path.relative_to(folder / "golden").as_posix() for path in (folder / "golden").rglob("*.json")}
    assert goldens == {entry.file for entry in ours if entry.golden}
    assert len(goldens) >= 3


# -- every form that the documents have ------------------------------------------------------------------------------


def bookings(region: str) -> list[Booking]:
    return [one.judged.message for one in accepted(region) if isinstance(one.judged.message, Booking)]


def said_of(booking: Booking) -> Iterator[str]:
    """The words that the documents have for a booking: its form, its state, and what stands beside them."""
    yield booking.form.value
    yield booking.status.value
    yield f"basis {booking.basis.kind}" if booking.basis else "no basis"
    yield from (name for name in ("acute", "free", "series", "group", "chain", "replaces") if getattr(booking, name))
    if booking.series and booking.series.copied:
        yield "copied"
    if booking.series and booking.series.one_contact:
        yield "one contact"
    if any(line.room or line.equipment for line in booking.lines):
        yield "manned" if booking.owner.staff else "unmanned"
    if booking.rebookings:
        yield "rebooked"
    if booking.chain:
        yield "secondary" if booking.chain.primary else "primary"


COSMIC = {
    *(form.value for form in Form),
    *("waiting", "openSummons", "preliminary", "booked", "arrived", "cancelled", "noShow", "rebooked"),
    *("basis full", "basis quick", "acute", "free", "series", "copied", "one contact", "manned", "unmanned"),
}
"""COSMIC: Bokningsunderlag och snabbokningsunderlag … Ombokning och avbokning."""
SDV_BOOKED = {"single", "team", "group", "groupTeam", "admission", "acute", "cancelled", "rebooked", "unmanned"}
"""SDV 2.1, 3.1."""
VGR = {"single", "team", "chain", "primary", "secondary", "cancelled", "acute"}
"""VGR 2, 4."""


@pytest.mark.parametrize(
    ("region", "words"), [("halland", COSMIC), ("skane", SDV_BOOKED), ("vastra-gotaland", VGR)], ids=REGIONS
)
def test_every_form_of_the_regions_documents_is_among_its_messages(region: str, words: set[str]) -> None:
    assert words - {word for booking in bookings(region) for word in said_of(booking)} == set()


def test_the_bookings_of_a_day_that_only_spare_a_journey_are_single_contacts_of_one_patient() -> None:
    for region in REGIONS:
        days = [
            (one.patient.identity.value, one.owner.start.date())
            for one in bookings(region)
            if one.form is Form.SINGLE and one.owner.start and not one.chain
        ]
        assert len(set(days)) < len(days), region


def test_every_class_of_care_event_of_skane_is_among_its_messages() -> None:
    """SDV 3.1.1.1-3.1.1.6, but for those that only migration or a birth makes."""
    events = [one.judged.message for one in accepted("skane") if isinstance(one.judged.message, CareEvent)]

    assert {
        *(
            EventType.ACUTE,
            EventType.HIDDEN_OUTPATIENT,
            EventType.PRE_REGISTERED_OUTPATIENT,
            EventType.OBSERVATION,
            EventType.INPATIENT,
            EventType.DIAGNOSTICS,
        ),
        *(
            EventType.CLINICAL_ONGOING,
            EventType.WITHOUT_VISIT,
            EventType.PRIMARY_CARE,
            EventType.SPECIALISED,
            EventType.OUTPATIENT_CONSULT,
        ),
        *(EventType.ANNULLED, EventType.MISSED),
    } - {event.event_type for event in events} == set()
    assert {event.source.rpartition("-")[2] for event in events} == {"MILLENNIUM", "PASIS", "PMO"}


# -- truth from outside ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", ACCEPTED, ids=named)
def test_what_a_message_of_a_region_becomes_passes_the_official_validator(
    hl7_validator: Validator, entry: Entry
) -> None:
    [taken] = [one for one in accepted(entry.region) if one.entry == entry]
    assert told(hl7_validator.ask(made(taken))) == []


def test_the_tables_of_every_region_are_code_systems_that_the_validator_is_given() -> None:
    urls = {one.get("url") for one in guide(GRAPHS.values(), of_all_regions())}
    for region in REGIONS:
        for source in {one.source.id: one.source for one in accepted(region)}.values():
            assert source.system("contact-types") in urls
