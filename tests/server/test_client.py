"""The client against real sockets: whatever is at the other end, an answer comes back that says what it was."""

from __future__ import annotations

import asyncio
import gzip
import logging
import random
import re
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import orjson
import pytest

from adapter.server.answer import Answer, Trouble
from adapter.server.client import FhirClient
from adapter.server.settings import ServerSettings

from .sockets import Answering, Listening, Request, http, listening, resource, says, searchset, told

pytestmark = pytest.mark.anyio

PATIENT = {"resourceType": "Patient", "id": "p-1", "identifier": [{"value": "191212121212"}]}
WHOLE = http(200, orjson.dumps(PATIENT))
QUICK = ServerSettings(base="http://replaced", connect_timeout=2, read_timeout=0.2, total_timeout=5)


@asynccontextmanager
async def asking(answering: Answering, settings: ServerSettings = QUICK) -> AsyncIterator[tuple[FhirClient, Listening]]:
    async with (
        listening(answering) as server,
        FhirClient(replace(settings, base=server.base)) as client,
    ):
        yield client, server


async def closes(_: Request, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def hangs(_: Request, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def drips(_: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


def breaks_off(raw: bytes) -> Answering:
    async def answering(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()
        writer.close()

    return answering


@pytest.mark.parametrize(
    ("answering", "trouble", "status"),
    [
        (says(http(200, b"<html>Log in</html>", "text/html")), Trouble.NOT_FHIR, 200),
        (says(http(502, b"<html>Bad gateway</html>", "text/html")), Trouble.NOT_FHIR, 502),
        (says(http(200, b"")), Trouble.NOT_FHIR, 200),
        (says(http(200, b"not gzip at all", Content_Encoding="gzip")), Trouble.NOT_FHIR, 200),
        (says(http(200, gzip.compress(orjson.dumps(PATIENT))[:-12], Content_Encoding="gzip")), Trouble.NOT_FHIR, 200),
        (breaks_off(b"SSH-2.0-OpenSSH_9.2\r\n"), Trouble.NOT_FHIR, None),
        (says(http(302, b"", Location="http://127.0.0.1:1/elsewhere")), Trouble.REDIRECTED, 302),
        (says(http(302, b"", Location="http:relative")), Trouble.REDIRECTED, 302),
        (says(resource(200, {**PATIENT, "id": "p-2"})), Trouble.OTHER_THAN_ASKED, 200),
        (says(resource(200, {"resourceType": "Bundle"})), Trouble.OTHER_THAN_ASKED, 200),
        (closes, Trouble.INTERRUPTED, None),
        (breaks_off(WHOLE[:30]), Trouble.INTERRUPTED, None),
        (breaks_off(WHOLE[:-20]), Trouble.INTERRUPTED, 200),
        (breaks_off(WHOLE[:-20].replace(b"Content-Length", b"X-Length")), Trouble.NOT_FHIR, 200),
        (hangs, Trouble.TIMED_OUT, None),
    ],
    ids=[
        "html",
        "html-502",
        "empty",
        "gzip-that-is-none",
        "gzip-cut",
        "no-http",
        "redirect",
        "redirect-to-no-url",
        "other-id",
        "other-type",
        "closes",
        "closes-in-head",
        "closes-in-body",
        "closes-in-body-of-unknown-length",
        "hangs",
    ],
)
async def test_every_way_to_fail_has_its_name(answering: Answering, trouble: Trouble, status: int | None) -> None:
    async with asking(answering) as (client, _):
        answer = await client.read("Patient", "p-1")

    assert (answer.trouble, answer.status, answer.ok) == (trouble, status, False)


async def test_a_head_with_bytes_that_are_no_text_is_read_all_the_same() -> None:
    raw = resource(200, PATIENT, ETag='W/"3"').replace(b"Said", b"\xff\xfe").replace(b"3", b"\xe5", 1)

    async with asking(says(raw)) as (client, _):
        answer = await client.read("Patient", "p-1")

    assert (answer.ok, answer.etag) == (True, 'W/"å"')


async def test_no_answer_however_garbled_raises() -> None:
    """Seeded, so that a failure comes back."""
    chance = random.Random(20261120)
    whole = resource(200, PATIENT, ETag='W/"1"', Retry_After="5", Content_Encoding="identity", Set_Cookie="a=b")

    def garbled() -> bytes:
        raw = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(len(raw))
            raw[place : place + chance.choice((0, 1, 4))] = chance.choice(
                (b"", b"\xff", b"\x00", b"\r\n", b"9", b":", b'"')
            )
        return bytes(raw)

    async def once(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(garbled())
        writer.close()

    async with asking(once) as (client, server):
        seen = Counter([(await client.read("Patient", "p-1")).trouble for _ in range(400)])

    assert len(server.requests) >= 400
    assert {Trouble.NOT_FHIR, Trouble.INTERRUPTED} <= seen.keys()


async def test_a_server_that_drips_is_given_up_after_the_whole_time() -> None:
    async with asking(drips, replace(QUICK, total_timeout=0.4)) as (client, _):
        answer = await client.read("Patient", "p-1")

    assert (answer.trouble, answer.status) == (Trouble.TIMED_OUT, 200)


async def test_where_nothing_listens_the_server_is_unreachable() -> None:
    async with listening(closes) as server:
        base = server.base
    async with FhirClient(replace(QUICK, base=base)) as client:
        answer = await client.read("Patient", "p-1")
        nowhere = FhirClient(replace(QUICK, base="http://no-such-host.invalid/fhir"))
        async with nowhere:
            unknown = await nowhere.metadata()

    assert answer == unknown == Answer(trouble=Trouble.UNREACHABLE)


async def test_a_server_without_tls_is_not_trusted_where_tls_is_asked_for() -> None:
    async def in_plain_words(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(WHOLE)
        writer.close()

    async with await asyncio.start_server(in_plain_words, "127.0.0.1", 0) as server:
        base = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/fhir"
        async with FhirClient(replace(QUICK, base=base)) as client:
            answer = await client.read("Patient", "p-1")

    assert answer == Answer(trouble=Trouble.UNTRUSTED)


async def test_an_answer_of_fifty_megabytes_is_taken_and_a_larger_one_is_not() -> None:
    limit = ServerSettings(base="http://replaced").body_limit
    empty = orjson.dumps({**PATIENT, "text": ""})
    full = orjson.dumps({**PATIENT, "text": "x" * (limit - len(empty))})

    async with asking(says(http(200, full)), replace(QUICK, read_timeout=10, total_timeout=60)) as (client, _):
        answer = await client.read("Patient", "p-1")
    async with asking(says(http(200, full + b" ")), replace(QUICK, read_timeout=10, total_timeout=60)) as (client, _):
        larger = await client.read("Patient", "p-1")

    assert (answer.trouble, len(answer.raw)) == (None, limit)
    assert (larger.trouble, larger.status, larger.raw) == (Trouble.TOO_LARGE, 200, b"")


async def test_a_small_answer_that_unpacks_to_a_huge_one_is_not_taken() -> None:
    bomb = gzip.compress(b" " * 20_000_000)
    async with asking(says(http(200, bomb, Content_Encoding="gzip")), replace(QUICK, body_limit=1_000_000)) as asked:
        answer = await asked[0].read("Patient", "p-1")

    assert answer.trouble is Trouble.TOO_LARGE


async def test_a_compressed_answer_is_unpacked() -> None:
    raw = orjson.dumps(PATIENT)
    for packed, name in ((gzip.compress(raw), "gzip"), (zlib.compress(raw), "deflate")):
        async with asking(says(http(200, packed, Content_Encoding=name))) as (client, _):
            answer = await client.read("Patient", "p-1")

        assert (answer.raw, answer.body) == (raw, PATIENT)


async def test_an_answer_is_told_whole() -> None:
    raw = resource(
        200, PATIENT, ETag='W/"3"', Last_Modified="Fri, 20 Nov 2026 12:00:00 GMT", Location="x/Patient/p-1/_history/3"
    )
    async with asking(says(raw)) as (client, _):
        answer = await client.vread("Patient", "p-1", "3")

    assert answer == Answer(
        status=200,
        body=PATIENT,
        raw=orjson.dumps(PATIENT),
        content_type="application/fhir+json",
        etag='W/"3"',
        last_modified="Fri, 20 Nov 2026 12:00:00 GMT",
        location="x/Patient/p-1/_history/3",
    )


async def test_every_request_says_who_asks_and_what_it_takes() -> None:
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": []}
    settings = replace(QUICK, authorization="Bearer s3cret")
    async with asking(says(resource(200, PATIENT)), settings) as (client, server):
        await client.read("Patient", "p-1")
        await client.put("Patient", "p-1", PATIENT, 'W/"2"')
        await client.put("Patient", "p-1", PATIENT, returning="minimal")
        await client.delete("Patient", "p-1")
        await client.post_transaction(bundle)
        await client.metadata()
        _ = [page async for page in client.search("Patient", [("identifier", "s|191212121212")])]
        _ = [page async for page in client.history("Patient", "p-1")]

    read, put, minimal, delete, transaction, metadata, search, history = server.requests
    assert [(one.method, one.target) for one in server.requests] == [
        ("GET", "/fhir/Patient/p-1"),
        ("PUT", "/fhir/Patient/p-1"),
        ("PUT", "/fhir/Patient/p-1"),
        ("DELETE", "/fhir/Patient/p-1"),
        ("POST", "/fhir"),
        ("GET", "/fhir/metadata"),
        ("POST", "/fhir/Patient/_search"),
        ("GET", "/fhir/Patient/p-1/_history"),
    ]
    for request in server.requests:
        assert re.fullmatch(r"vardbro/[0-9.]+", request.headers["user-agent"])
        assert request.headers["accept"] == "application/fhir+json"
        assert request.headers["authorization"] == "Bearer s3cret"
    assert put.headers["if-match"] == 'W/"2"'
    assert "if-match" not in minimal.headers
    assert (put.headers["prefer"], minimal.headers["prefer"]) == ("return=representation", "return=minimal")
    assert put.headers["content-type"].startswith("application/fhir+json")
    assert (put.body, transaction.body) == (orjson.dumps(PATIENT), orjson.dumps(bundle))
    assert (read.body, delete.body, metadata.body) == (b"", b"", b"")
    assert search.headers["content-type"] == "application/x-www-form-urlencoded"
    assert search.body == b"identifier=s%7C191212121212"
    assert search.headers["cache-control"] == history.headers["cache-control"] == "no-cache"
    assert "s3cret" not in repr(client.settings)


Method = Callable[[FhirClient], Awaitable[object]]


async def test_a_personal_number_is_in_no_url_no_log_and_no_repr(caplog: pytest.LogCaptureFixture) -> None:
    number = "198112189876"
    person = {"resourceType": "Patient", "id": "p-1", "identifier": [{"system": "s", "value": number}]}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [{"resource": person}]}
    said: list[object] = []

    def answers(request: Request) -> bytes:
        page = f"{server.base}/Patient?identifier=s%7C{number}&_offset=1"
        return resource(200, searchset(person, next_url=page), Location=f"/Patient?identifier={number}")

    async def everything(client: FhirClient) -> None:
        said.append(await client.put("Patient", "p-1", person))
        said.append(await client.post_transaction(bundle))
        said.extend([page async for page in client.search("Patient", [("identifier", f"s|{number}")])])

    with caplog.at_level(logging.DEBUG):
        for answering in (
            told(answers),
            closes,
            hangs,
            says(b"SSH\r\n"),
            says(http(200, number.encode(), "text/html")),
        ):
            async with asking(answering) as (client, server):
                await everything(client)
                assert not [request.target for request in server.requests if number in request.target]
                assert any(number.encode() in request.body for request in server.requests)

    assert number not in caplog.text
    assert number not in repr(said)


async def test_a_search_follows_its_pages_to_the_last() -> None:
    def answers(request: Request) -> bytes:
        page = int(request.target.partition("_page=")[2] or 1)
        last = f"{server.base}/Patient?_page={page + 1}" if page < 3 else None
        return resource(200, searchset({"resourceType": "Patient", "id": f"p-{page}"}, next_url=last))

    async with asking(told(answers)) as (client, server):
        pages = [page.body async for page in client.search("Patient", []) if page.ok and page.body]

    assert [page["entry"][0]["resource"]["id"] for page in pages] == ["p-1", "p-2", "p-3"]


async def test_a_page_link_with_the_patient_in_it_is_followed_with_the_patient_in_the_body() -> None:
    def answers(request: Request) -> bytes:
        more = b"_offset" not in request.body
        url = f"{server.base}/Patient?identifier=s%7C191212121212&_offset=20" if more else None
        return resource(200, searchset(PATIENT, next_url=url))

    async with asking(told(answers)) as (client, server):
        pages = [page async for page in client.search("Patient", [("identifier", "s|191212121212")])]

    assert [page.ok for page in pages] == [True, True]
    assert [(one.method, one.target) for one in server.requests] == [("POST", "/fhir/Patient/_search")] * 2
    assert server.requests[1].body == b"identifier=s%7C191212121212&_offset=20"


async def test_a_page_link_to_another_place_is_refused_and_not_asked() -> None:
    async with listening(says(WHOLE)) as other:
        page = resource(200, searchset(PATIENT, next_url=f"{other.base}/Patient?_page=2"))
        async with asking(says(page)) as (client, _):
            pages = [page.trouble async for page in client.search("Patient", [])]

    assert pages == [None, Trouble.ELSEWHERE]
    assert other.requests == []


async def test_pages_without_end_are_given_up() -> None:
    def answers(request: Request) -> bytes:
        number = int(request.target.partition("_page=")[2] or 0)
        return resource(200, searchset(PATIENT, next_url=f"{server.base}/Patient?_page={number + 1}"))

    async with asking(told(answers), replace(QUICK, page_limit=7)) as (client, server):
        by_pages = [page.trouble async for page in client.search("Patient", [])]
    async with asking(told(answers), replace(QUICK, entry_limit=3)) as (client, server):
        by_entries = [page.trouble async for page in client.search("Patient", [])]

    assert by_pages == [None] * 7 + [Trouble.ENDLESS]
    assert by_entries == [None] * 3 + [Trouble.ENDLESS]


async def test_a_page_that_leads_back_is_given_up() -> None:
    def answers(request: Request) -> bytes:
        return resource(200, searchset(PATIENT, next_url=f"{server.base}/Patient?_page=2"))

    async with asking(told(answers)) as (client, server):
        pages = [page.trouble async for page in client.search("Patient", [])]

    assert pages == [None, None, Trouble.ENDLESS]


async def test_a_failed_page_is_the_last_one() -> None:
    def answers(request: Request) -> bytes:
        if "_page" in request.target:
            return http(200, b"<html>", "text/html")
        return resource(200, searchset(PATIENT, next_url=f"{server.base}/Patient?_page=2"))

    async with asking(told(answers)) as (client, server):
        pages = [page.trouble async for page in client.search("Patient", [])]

    assert pages == [None, Trouble.NOT_FHIR]


async def test_a_search_is_asked_again_where_a_kept_connection_broke_and_a_transaction_is_not() -> None:
    async def every_other(_: Request, writer: asyncio.StreamWriter) -> None:
        if len(server.requests) % 2:
            writer.close()
        else:
            writer.write(resource(200, searchset(PATIENT)))

    async with asking(every_other) as (client, server):
        pages = [page.ok async for page in client.search("Patient", [])]
        sent = await client.post_transaction({"resourceType": "Bundle"})

    assert pages == [True]
    assert sent.trouble is Trouble.INTERRUPTED
    assert len(server.requests) == 3


async def test_connections_are_kept_and_bounded() -> None:
    async def slowly(_: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.01)
        writer.write(WHOLE)
        await writer.drain()

    async with asking(slowly, replace(QUICK, connections=3)) as (client, server):
        answers = await asyncio.gather(*(client.read("Patient", "p-1") for _ in range(30)))

    assert all(answer.ok for answer in answers)
    assert len(server.requests) == 30
    assert server.connections == server.most_open == 3


async def test_a_cookie_of_one_caller_is_not_sent_for_the_next() -> None:
    async with asking(says(resource(200, PATIENT, Set_Cookie="session=1; Path=/"))) as (client, server):
        await client.read("Patient", "p-1")
        await client.read("Patient", "p-1")

    assert [request.headers.get("cookie") for request in server.requests] == [None, None]


async def test_the_capability_statement_must_be_of_r4() -> None:
    for version, trouble in (
        ("4.0.1", None),
        ("4.0.0", None),
        ("5.0.0", Trouble.WRONG_VERSION),
        (None, Trouble.WRONG_VERSION),
    ):
        statement = {"resourceType": "CapabilityStatement", "fhirVersion": version}
        async with asking(says(resource(200, statement))) as (client, _):
            assert (await client.metadata()).trouble is trouble


async def test_a_write_may_be_answered_by_the_resource_an_outcome_or_nothing() -> None:
    outcome = {"resourceType": "OperationOutcome", "issue": []}
    for raw in (resource(200, PATIENT), resource(200, outcome), http(201, b"", ETag='W/"1"')):
        async with asking(says(raw)) as (client, _):
            assert (await client.put("Patient", "p-1", PATIENT)).ok
    async with asking(says(resource(200, {**PATIENT, "id": "p-2"}))) as (client, _):
        assert (await client.put("Patient", "p-1", PATIENT)).trouble is Trouble.OTHER_THAN_ASKED


@pytest.mark.parametrize("wrong", ["", "..", ".", "a/b", "a?b", "å", "x" * 65, "1\n"])
async def test_what_is_no_id_is_never_made_a_url(wrong: str) -> None:
    async with asking(says(WHOLE)) as (client, server):
        with pytest.raises(ValueError, match="as FHIR writes them"):
            await client.read("Patient", wrong)
        with pytest.raises(ValueError, match="as FHIR writes them"):
            await client.read(wrong or "patient", "p-1")

    assert server.requests == []


async def test_a_client_that_is_not_open_says_so() -> None:
    client = FhirClient(QUICK)
    with pytest.raises(RuntimeError, match="Open the client first"):
        await client.read("Patient", "p-1")


@pytest.mark.parametrize(
    "base",
    [
        "",
        "server/fhir",
        "ftp://server",
        "http://",
        "http://user:pw@server/fhir",
        "http://server/fhir?x=1",
        "http://a b/",
    ],
)
def test_a_base_that_is_no_plain_url_is_refused(base: str) -> None:
    with pytest.raises(ValueError, match="base: an http or https URL"):
        ServerSettings(base=base)
    with pytest.raises(ValueError, match="aliases: an http or https URL"):
        ServerSettings(base="http://server", aliases=(base,))
