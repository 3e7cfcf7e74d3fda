"""The list that is searched in SQL finds what the pure filters find, whichever way it takes (BO-19, BO-31)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql

from adapter.beside import listing_of, listing_of_state
from adapter.delivery import Ledger, list_statements, listings, statements
from adapter.delivery.bodies import Bodies
from adapter.delivery.claims import Holder
from adapter.delivery.database import engine_of, migrate
from adapter.delivery.list_statements import Shape
from adapter.delivery.listings import FIRST, Found, Page, Who
from adapter.delivery.sealed import OPEN
from adapter.delivery.session import Session
from adapter.keys import DEMO_SECRET, Keys
from adapter.server.wire import written
from mappings.problem import Json
from mappings.region.booking import Booking, BookingStatus
from mappings.region.waiting_list import COLUMNS, DATES, Days, Filter
from mappings.rules.patients import dumped
from mappings.rules.waiting_list import Row, row, select, sought
from tests.delivery.material import REGION, accept, message
from tests.region.sample import sample
from tests.rules.messages import COSMIC, NOW, booking, waiting

KEYS = Keys(DEMO_SECRET)
PEOPLE = ("191212121212", "198112189876", "198902019801")
OTHER_SOURCE = "SE2321000115-PASIS"
DAY = date(2026, 10, 1)

# -- bookings and filters, few of whose values are unlike ------------------------------------------------------------

MAYBE = st.booleans() | st.none()
DAYS = st.integers(0, 5).map(lambda after: DAY + timedelta(days=after)) | st.none()
RANGES = st.builds(lambda first, last: Days(first=first, last=last), DAYS, DAYS)
STATUSES = ("waiting", "openSummons", "preliminary", "booked", "noShow", "cancelled", "completed", "arrived")


def few(*values: str) -> st.SearchStrategy[str | None]:
    return st.sampled_from([*values, None])


def some(*values: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=2).map(tuple)


@st.composite
def bookings(draw: st.DrawFn) -> Booking:
    """As the ledger holds it: not judged, since the list is kept of whatever was accepted."""
    status, created = draw(st.sampled_from(STATUSES)), draw(DAYS)
    said: Json = booking() if status != "waiting" else waiting()
    said |= {
        "source": draw(st.sampled_from((COSMIC, OTHER_SOURCE))),
        "number": draw(st.sampled_from([f"B-{n}" for n in range(8)])),
        "status": status,
        "performingUnit": draw(few("SE2321000115-E1", "SE2321000115-E2")),
        "visitType": draw(few("nybesok", "aterbesok")),
        "contactType": draw(few("mottagningsbesok", "brev")),
        "acute": draw(MAYBE),
        "patient": {"identity": {"kind": "personnummer", "value": draw(st.sampled_from(PEOPLE))}},
        "series": draw(st.sampled_from([{"id": "S-1"}, {"id": "S-2"}, None])),
        "selfCheckIn": draw(st.sampled_from([{"patientFee": 100}, None])),
        "summons": draw(st.sampled_from([{"way": "letter", "wantsNoLetters": True}, {"way": "letter"}, None])),
    }
    said["lines"][0] |= {"careService": draw(few("a", "b")), "profession": draw(few("lakare", "dietist"))}
    said["basis"] |= {
        "registered": draw(DAYS.map(_text)),
        "targetDate": draw(DAYS.map(_text)),
        "created": f"{created}T08:00:00+02:00" if created else None,
        "medicalPriority": draw(few("high", "low")),
        "category1": draw(few("Astma", "Diabetes")),
        "category2": draw(few("HV", "HVNY")),
        "team": draw(few("Team 1", "Team 2")),
        "shortNotice": draw(MAYBE),
    }
    if status == "cancelled":
        back = draw(st.booleans())
        said["cancellation"] = {"reason": "r", "at": "2026-10-03T08:00:00+02:00", "backToWaitingList": back}
    return Booking.model_validate(said)


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


FILTERS = st.builds(
    lambda said: Filter(**said),
    st.fixed_dictionaries(
        {},
        optional={
            "units": some("SE2321000115-E1", "SE2321000115-E2", "SE2321000115-E3"),
            "care_services": some("a", "b", "c"),
            "visit_types": some("nybesok", "aterbesok"),
            "professions": some("lakare", "dietist"),
            "contact_types": some("mottagningsbesok", "brev"),
            "categories1": some("Astma", "Diabetes"),
            "categories2": some("HV", "HVNY"),
            "teams": some("Team 1", "Team 2"),
            "priorities": some("high", "medium", "low"),
            "registered": RANGES,
            "target_date": RANGES,
            "waiting_since": RANGES,
            "planned": st.booleans(),
            "booked": st.booleans(),
            "missed": st.booleans(),
            "short_notice": st.booleans(),
            "acute": st.booleans(),
            "summons_changed": st.booleans(),
            "missing_fee": st.booleans(),
            "whole_series": st.booleans(),
        },
    ),
)
WHO = st.builds(
    lambda sources, person: (sources, person),
    st.sampled_from([None, (COSMIC,), (COSMIC, OTHER_SOURCE), ("other",), ()]),
    st.sampled_from([None, None, None, *PEOPLE]),
)
BOUNDS = st.tuples(*(st.sampled_from([0, 3, 10**6]) for _ in range(3)), st.sampled_from([1, 2, 3, 50]))
"""How many rows are few, so that every way to search is taken on a list of some; and how many are a page."""


@dataclass
class List:
    """A database, and beside it who is on the list in the order in which they came."""

    session: Session
    bodies: Bodies = field(default_factory=lambda: Bodies(OPEN))
    held: dict[tuple[str, str], Booking] = field(default_factory=dict)

    def take(self, one: Booking) -> None:
        named = {"kind": "booking", "source": one.source, "number": one.number}
        listing = listing_of(one)
        first = self.session.row(statements.AGGREGATE, named) is None
        if first:
            self.session.run(statements.INSERT_AGGREGATE, named | self._state(one))
        else:
            of = {f"of_{name}": value for name, value in named.items()}
            self.session.run(statements.UPDATE_AGGREGATE, of | self._state(one))
        listings.keep(self.session, Holder(**named), listing, new=first)
        if listing is None:
            self.held.pop((one.source, one.number), None)
        else:
            self.held[one.source, one.number] = one

    def _state(self, one: Booking) -> dict[str, Any]:
        columns = dict.fromkeys(("status", "unit", "service", "starts", "ends"))
        stamps = dict.fromkeys(("version", "revision", "message", "accepted_at"), 1)
        texts = dict.fromkeys(("catalogue_version", "mapping_version"), "")
        own = {"patient_hash": KEYS.patient(one.patient.identity)}
        return {**columns, **stamps, **texts, **own, **self.bodies.columns("state", written(dumped(one)))}

    def rows(self) -> list[Row]:
        told = (row(one, sample().sources.get(one.source), NOW) for one in self.held.values())
        return [one for one in told if one is not None]

    def search(self, asked: Filter, who: Who, page: Page = FIRST) -> Found:
        return listings.search(self.session, self.bodies, sought(asked), who, page)

    def pages(self, asked: Filter, who: Who, most: int) -> Iterator[Found]:
        page: Page | None = Page(FIRST.after, most)
        while page:
            found = self.search(asked, who, page)
            yield found
            page = Page(found.last, most) if found.last else None


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    engine = engine_of(tmp_path_factory.mktemp("list") / "ledger.db", writes=True)
    migrate(engine)
    opened = Session(engine)
    yield opened
    opened.close()
    engine.dispose()


@contextmanager
def empty(session: Session) -> Iterator[List]:
    session.text("BEGIN")
    try:
        yield List(session)
    finally:
        session.rollback()


def named(found: Found) -> list[tuple[str, str]]:
    return [(one.source, one.number) for one in found.rows]


@settings(max_examples=300, deadline=None, database=None)
@given(taken=st.lists(bookings(), max_size=25), asked=FILTERS, who=WHO, bounds=BOUNDS)
def test_BO_19_BO_31_what_is_found_in_sql_is_what_the_pure_filters_find_in_their_order(
    session: Session, taken: list[Booking], asked: Filter, who: Any, bounds: tuple[int, int, int, int]
) -> None:
    sources, person = who
    *few, most = bounds
    with empty(session) as at, pytest.MonkeyPatch.context() as patch:
        for name, bound in zip(("COUNTED", "FEW", "SORTED"), few, strict=True):
            patch.setattr(listings, name, bound)
        for one in taken:
            at.take(one)
        may = [one for one in at.rows() if sources is None or one.source in sources]
        hers = None if person is None else {"kind": "personnummer", "value": person}
        whole = Filter.model_validate(asked.model_dump() | {"patient": hers})
        expected = [(one.source, one.number) for one in select(may, whole)]
        searched_as = KEYS.patient(whole.patient) if whole.patient else None
        pages = list(at.pages(asked, Who(sources, searched_as), most))
        assert [one for page in pages for one in named(page)] == expected
        assert all(len(page.rows) <= most for page in pages)
        assert {page.total for page in pages} <= {None, len(expected)}


def test_what_leaves_the_waiting_states_leaves_the_list_and_comes_back_last(session: Session) -> None:
    with empty(session) as at:
        first, second = (waiting() | {"number": number} for number in ("B-1", "B-2"))
        for one in (first, second):
            at.take(Booking.model_validate(one))
        assert [number for _, number in named(at.search(Filter(), Who()))] == ["B-1", "B-2"]
        at.take(Booking.model_validate(first | {"status": "completed"}))
        assert [number for _, number in named(at.search(Filter(), Who()))] == ["B-2"]
        at.take(Booking.model_validate(first))
        assert [number for _, number in named(at.search(Filter(), Who()))] == ["B-2", "B-1"]


def test_a_place_that_stays_as_it_was_is_not_written(session: Session) -> None:
    with empty(session) as at:
        at.take(Booking.model_validate(waiting()))
        before = session.value(sa.text("SELECT total_changes() AS n"))
        listings.keep(
            session,
            Holder("booking", COSMIC, waiting()["number"]),
            listing_of(Booking.model_validate(waiting())),
            new=False,
        )
        assert session.value(sa.text("SELECT total_changes() AS n")) == before


def test_how_many_fit_is_said_where_few_are_looked_at_and_else_left_open(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    with empty(session) as at:
        for number in range(5):
            at.take(Booking.model_validate(waiting() | {"number": f"B-{number}"}))
        own = Filter(units=(waiting()["performingUnit"],))
        assert at.search(own, Who(), Page(FIRST.after, 2)).total == 5
        monkeypatch.setattr(listings, "COUNTED", 5)
        assert at.search(own, Who(), Page(FIRST.after, 2)).total is None


# -- with the acceptance ---------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_the_list_is_kept_in_the_commit_that_accepts(ledger: Ledger) -> None:
    one = Booking.model_validate(waiting())
    await accept(ledger, message("4711-0142", 1, state=dumped(one), listing=listing_of(one)))
    assert [row.number for row in ledger.search(sought(Filter())).rows] == ["4711-0142"]
    await accept(ledger, message("4711-0142", 2, state=dumped(one)))
    assert ledger.search(sought(Filter())).rows == ()


@pytest.mark.anyio
async def test_what_was_taken_in_before_the_list_was_kept_is_on_it_from_the_start(url: str) -> None:
    one = Booking.model_validate(waiting())
    ledger = Ledger.open(url, REGION)
    for number in range(3):
        held = one.model_copy(update={"number": f"B-{number}"})
        await accept(ledger, message(f"B-{number}", 1, state=dumped(held)))
    await accept(ledger, message("B-9", 1, state=dumped(one.model_copy(update={"status": BookingStatus.COMPLETED}))))
    assert ledger.search(sought(Filter())).rows == ()
    ledger.list_from_the_start(listing_of_state)
    assert [row.number for row in ledger.search(sought(Filter())).rows] == ["B-0", "B-1", "B-2"]
    await ledger.close()
    again = Ledger.open(url, REGION)
    again.list_from_the_start(lambda *_: pytest.fail("made twice"))
    await again.close()


# -- the statements --------------------------------------------------------------------------------------------------

POSTGRESQL: Any = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's own
SQLITE = sa.create_engine("sqlite://").dialect
DAYS_OF = tuple(Shape(name, between=True) for name in (*DATES, "rank"))
TESTS = (*(Shape(name, between=False) for name in (*COLUMNS, "source")), *DAYS_OF)
BOTH = (True, False)
SHAPES = [
    *list_statements.KEEPING.values(),
    *(list_statements.walk(name, TESTS, onward=one) for name in (None, *COLUMNS) for one in BOTH),
    *(list_statements.gathered(Shape(name, between=True), TESTS, onward=one) for name in DATES for one in BOTH),
    *(list_statements.peek(one) for one in TESTS),
    *(list_statements.walk_together(TESTS, onward=one) for one in BOTH),
    *(list_statements.of_driver(TESTS[0], TESTS[1:], together=one) for one in BOTH),
    *(list_statements.of_patient(TESTS, together=one) for one in BOTH),
]


@pytest.mark.parametrize("statement", SHAPES)
def test_every_statement_of_the_list_compiles_for_postgresql(statement: Any) -> None:
    assert str(statement.compile(dialect=POSTGRESQL))


def plan(session: Session, statement: Any, **values: Any) -> list[str]:
    given: dict[str, Any] = {
        "standing": "planned",
        "value": "x",
        "most": 51,
        "after_rank": -1,
        "after_id": -1,
        "on": "x",
    }
    given |= {"standing_any": ["planned", "booked"], "rank_first": 0, "rank_last": 9, "patient_hash": "h"}
    for one in TESTS:
        given |= {f"{one.column}_any": ["x"], f"{one.column}_first": 1, f"{one.column}_last": 2}
    ready = session._known(statement)
    text = ready.ready(given | values)
    found = session._driver.execute(f"EXPLAIN QUERY PLAN {text.text}", text.order(ready.values(given | values)))
    return [step[3] for step in found]


@pytest.mark.parametrize("column", [None, *COLUMNS])
def test_a_walk_goes_along_its_own_index_and_sorts_nothing(session: Session, column: str | None) -> None:
    index = f"listing_{column or 'in_order'}"
    for tests, onward in (((), False), ((), True), (TESTS, True)):
        told = plan(session, list_statements.walk(column, tests, onward=onward))
        assert len(told) == 1
        assert told[0].startswith("SEARCH listing USING")
        assert f"INDEX {index} (standing=?" in told[0]


@pytest.mark.parametrize("name", DATES)
def test_days_are_gathered_from_their_index_alone(session: Session, name: str) -> None:
    told = plan(session, list_statements.gathered(Shape(name, between=True), (), onward=False))
    assert f"USING COVERING INDEX listing_{name} (standing=? AND {name}>? AND {name}<?)" in told[0]


@pytest.mark.parametrize(
    "one", [shape for shape in TESTS if shape.column not in ("source", "rank")], ids=lambda one: one.column
)
def test_a_peek_reads_an_index_alone(session: Session, one: Shape) -> None:
    told = plan(session, list_statements.peek(one))
    assert any(f"USING COVERING INDEX listing_{one.column} (" in step for step in told)


@pytest.mark.parametrize(
    ("statement", "indexes"),
    [
        (
            list_statements.of_driver(TESTS[0], TESTS[1:], together=True),
            {"listing_performing_unit", "listing_together"},
        ),
        (list_statements.of_patient(TESTS, together=True), {"aggregate_patient", "listing_of", "listing_together"}),
        (list_statements.walk_together(TESTS, onward=True), {"listing_in_order", "listing_together"}),
    ],
    ids=["together", "of a patient", "walked together"],
)
def test_no_search_looks_at_the_whole_list(session: Session, statement: Any, indexes: set[str]) -> None:
    told = plan(session, statement)
    assert not [step for step in told if step.startswith(("SCAN listing", "SCAN mate", "SCAN aggregate"))], told
    named = {word for step in told for word in step.split() if word.startswith(("listing_", "aggregate_"))}
    assert indexes <= named | ({"listing_of"} if any("sqlite_autoindex_listing" in step for step in told) else set())
