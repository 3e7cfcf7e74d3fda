"""Attacks on who is asking: a real issuer, real certificates, a real gateway over TLS, and whoever wants in.

The attacker knows everything but the secrets of others; some attacks are made with the issuer's own key, to show that
more than the signature is looked at.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
import trustme
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from adapter.keys import DEMO_SECRET, Keys
from adapter.sandbox import running_sandbox
from adapter.security import jwks
from adapter.serving import running_gateway
from adapter.settings import Settings
from mappings.problem import Json
from tests.doors.conftest import TOLVAN, found, patient, physician, pushed, single
from tests.doors.test_chains import chain, url
from tests.security.signing import AUDIENCE, COSMIC, key, signed, text
from tests.servers.issuer import Given, RunningIssuer, running_issuer
from tests.servers.needs import node_and_npm, skip_or_fail

PASIS = "SE2321000115-PASIS"
OTHER, CHILD = patient("198112189876"), patient("201701102384")
PUSH = "system/Appointment.cruds system/CareTeam.cruds"
SCOPES = (
    *("system/Appointment.cruds", "system/Appointment.cud", "system/Appointment.s", "system/CareTeam.cruds"),
    *("system/CareTeam.r", "system/*.rs", "patient/Appointment.rs", "patient/*.rs", "user/*.rs"),
)
CLIENTS: dict[str, Json] = {
    "cosmic": {},
    "cosmic-bound": {},
    "pasis": {},
    "tolvan": {"personnummer": "191212121212"},
    "guardian": {"personnummer": "191212121212", "child": "201701102384"},
    "launched": {},
    "nurse": {"hsaId": "SE2321000115-P0001"},
    "nurse-of-tolvan": {"hsaId": "SE2321000115-P0001", "relation": "191212121212"},
    "stranger": {},
}
"""What the issuer says of each beside the usual claims. The gateway does not know the last."""
TOKENS = """
[[issuer]]
url = "{url}"
jwks = "{url}/jwks"
aud = ["{audience}"]
algorithms = ["ES256"]
"""
OF_CLIENT = {
    "cosmic": f'audience = "source"\nsources = ["{COSMIC}"]',
    "cosmic-bound": f'audience = "source"\nsources = ["{COSMIC}"]\nbound = true',
    "pasis": f'audience = "source"\nsources = ["{PASIS}"]',
    "tolvan": 'audience = "patient"\npatient_from = "personnummer"\nchild_from = "child"',
    "guardian": 'audience = "patient"\npatient_from = "personnummer"\nchild_from = "child"',
    "launched": 'audience = "patient"\npatient_from = "patient"\nnamed_by = "id"',
    "nurse": 'audience = "staff"\nperson_from = "hsaId"\nrelation_from = "relation"',
    "nurse-of-tolvan": 'audience = "staff"\nperson_from = "hsaId"\nrelation_from = "relation"',
}


@dataclass
class Papers:
    """Certificates: the region's root, and what each caller may show."""

    folder: Path
    region: trustme.CA = field(default_factory=trustme.CA)
    others: trustme.CA = field(default_factory=trustme.CA)

    def file(self, name: str, *blobs: trustme.Blob) -> Path:
        path = self.folder / name
        path.write_bytes(b"".join(blob.bytes() for blob in blobs))
        return path

    def showing(self, certificate: trustme.LeafCert | None = None) -> ssl.SSLContext:
        """A caller's side of TLS: it trusts the region's root, and shows this certificate or none."""
        context = ssl.create_default_context()
        self.region.configure_trust(context)
        if certificate is not None:
            certificate.configure_cert(context)
        return context


@dataclass
class Here:
    """All that runs."""

    base: str
    issuer: RunningIssuer
    papers: Papers
    cosmics: trustme.LeafCert
    pasises: trustme.LeafCert

    def client(self, token: str | None, certificate: trustme.LeafCert | None = None, **headers: str) -> httpx.Client:
        authorized = {} if token is None else {"Authorization": f"Bearer {token}"}
        return httpx.Client(
            base_url=self.base, verify=self.papers.showing(certificate), headers=authorized | headers, timeout=30
        )

    def as_(self, client: str, scope: str) -> httpx.Client:
        """A caller with a token that the issuer gave it."""
        return self.client(self.issuer.token(client, scope))

    def bound(self) -> str:
        """A token that is bound to Cosmic's certificate, by the issuer, to which it was shown."""
        return self.issuer.token("cosmic-bound", PUSH, self.papers.showing(self.cosmics))

    def told(self, token: str, certificate: trustme.LeafCert | None = None, **headers: str) -> httpx.Response:
        with self.client(token, certificate, **headers) as client:
            return client.get("/v1/changes")


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return Papers(tmp_path_factory.mktemp("papers"))


@pytest.fixture(scope="module")
def given(papers: Papers) -> Given:
    own = papers.region.issue_cert("127.0.0.1")
    tls = {
        "key": papers.file("issuer.key", own.private_key_pem),
        "cert": papers.file("issuer.pem", *own.cert_chain_pems),
        "ca": papers.file("region.pem", papers.region.cert_pem),
    }
    keys = [key("ES256").as_dict(private=True)]
    return Given(keys, "ES256", AUDIENCE, SCOPES, CLIENTS, frozenset({"cosmic-bound"}), tls)


@pytest.fixture(scope="module")
def fhir() -> Iterator[str]:
    with running_sandbox() as base:
        yield base


def settings(folder: Path, papers: Papers, url: str) -> Settings:
    """Of a gateway that knows the issuer and its clients, and shows a certificate of the region's."""
    tables = [
        f'[[client]]\nissuer = "{url}"\nid = "{name}"\nname = "{name}"\n{rest}' for name, rest in OF_CLIENT.items()
    ]
    (folder / "tokens.toml").write_text(TOKENS.format(url=url, audience=AUDIENCE) + "\n".join(tables))
    own = papers.region.issue_cert("127.0.0.1")
    return Settings(
        data=folder,
        port=0,
        tokens=folder / "tokens.toml",
        tls_cert=papers.file("gateway.pem", *own.cert_chain_pems),
        tls_key=papers.file("gateway.key", own.private_key_pem),
        client_ca=papers.file("region.pem", papers.region.cert_pem),
    )


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory, papers: Papers, given: Given, fhir: str) -> Iterator[Here]:
    skip_or_fail(node_and_npm())
    folder = tmp_path_factory.mktemp("gateway")
    with (
        running_issuer(given, folder) as issuer,
        running_gateway(settings(folder, papers, issuer.url), fhir, Keys(DEMO_SECRET)) as base,
    ):
        cosmics, pasises = papers.region.issue_cert("cosmic.example"), papers.region.issue_cert("pasis.example")
        yield Here(base, issuer, papers, cosmics, pasises)


_numbers = iter(range(10**6))


@pytest.fixture
def number() -> str:
    return f"T{next(_numbers)}"


# -- who has a right to come in ------------------------------------------------------------------------------------


def test_a_journal_system_pushes_and_reads_with_a_token_of_the_issuers(here: Here, number: str) -> None:
    assert here.base.startswith("https://")
    with here.as_("cosmic", PUSH) as cosmic:
        pushed(cosmic, "bookings", single(number))
        assert cosmic.get(f"/v1/bookings/{COSMIC}/{number}").status_code == 200


def test_a_patient_sees_her_own_by_her_token_and_nobody_elses(here: Here, number: str) -> None:
    with here.as_("cosmic", PUSH) as cosmic:
        pushed(cosmic, "named-contacts", physician(number, TOLVAN))
        pushed(cosmic, "named-contacts", physician(f"{number}-other", OTHER))
    with here.as_("tolvan", "patient/*.rs") as tolvan:
        assert number in {one["id"] for one in found(tolvan, "named-contacts")}
        assert tolvan.post("/v1/named-contacts/search", json={"patient": OTHER["identity"]}).status_code == 403
        assert tolvan.get(f"/v1/named-contacts/{COSMIC}/{number}").status_code == 200
        assert tolvan.get(f"/v1/named-contacts/{COSMIC}/{number}-other").status_code == 404
        assert tolvan.get(f"/v1/named-contacts/{COSMIC}/{number}-other?patient=198112189876").status_code == 404
        assert tolvan.get("/fhir/CareTeam").status_code == 403


def test_a_guardian_sees_the_child_of_the_token_and_neither_herself_nor_another(here: Here, number: str) -> None:
    with here.as_("cosmic", PUSH) as cosmic:
        pushed(cosmic, "named-contacts", physician(number, CHILD))
    with here.as_("guardian", "patient/*.rs") as guardian:
        assert number in {one["id"] for one in found(guardian, "named-contacts")}
        for person in (TOLVAN, OTHER):
            assert guardian.post("/v1/named-contacts/search", json={"patient": person["identity"]}).status_code == 403


def test_the_patient_of_a_smart_launch_sees_her_own(here: Here, number: str) -> None:
    with here.as_("cosmic", PUSH) as cosmic:
        pushed(cosmic, "bookings", single(number))
    with here.as_("cosmic", "system/*.rs") as reader:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        sought = "identifier=http://electronichealth.se/identifier/personnummer|191212121212"
        [entry] = reader.post("/fhir/Patient/_search", content=sought, headers=form).json()["entry"]
    header, claims = parts(here.issuer.token("launched", "patient/*.rs"))
    with here.client(signed(header, claims | {"patient": entry["resource"]["id"]}, key("ES256"))) as tolvan:
        assert number in {one["number"] for one in found(tolvan, "bookings")}
        assert tolvan.post("/v1/bookings/search", json={"patient": OTHER["identity"]}).status_code == 403
    refused(here.told(signed(header, claims, key("ES256"))))


def test_staff_with_a_relation_asks_about_that_patient_only(here: Here, number: str) -> None:
    with here.as_("cosmic", PUSH) as cosmic:
        mine = pushed(cosmic, "bookings", single(number))
        pushed(cosmic, "bookings", single(f"{number}-other", patient=OTHER))
        whole = [one | {"patient": OTHER} for one in chain(number)]
        assert cosmic.put(url(number), json={"bookings": whole}).status_code == 202
    with here.as_("nurse-of-tolvan", "user/*.rs") as nurse:
        assert number in {one["number"] for one in found(nurse, "bookings")}
        assert nurse.post("/v1/bookings/search", json={"patient": OTHER["identity"]}).status_code == 403
        assert nurse.get(f"/v1/bookings/{COSMIC}/{number}/timeline").status_code == 200
        for place in (f"bookings/{COSMIC}/{number}-other", f"bookings/{COSMIC}/{number}-other/timeline"):
            assert nurse.get(f"/v1/{place}").status_code == 404
        assert nurse.get(url(number)).status_code == 404
        assert nurse.get(f"/v1/messages/{mine['id']}").status_code == 404
        assert nurse.get("/fhir/Appointment").status_code == 403
    with here.as_("nurse", "user/*.rs") as nurse:
        assert f"{number}-other" in {one["number"] for one in found(nurse, "bookings", OTHER)}
        assert nurse.get(url(number)).status_code == 200


# -- forged --------------------------------------------------------------------------------------------------------


def parts(token: str) -> tuple[Json, Json]:
    import base64  # noqa: PLC0415

    head, body, _ = token.split(".")
    header, claims = (orjson.loads(base64.urlsafe_b64decode(part + "==")) for part in (head, body))
    return header, claims


def refused(answer: httpx.Response) -> None:
    """401, and not a word of why."""
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    words = answer.text.lower()
    assert not re.search(r"expired|audience|issuer|signature|kid|jwks|certificate|alg|claim|scope", words), words


def test_forged_alg_none_is_refused(here: Here) -> None:
    header, claims = parts(here.issuer.token("cosmic", PUSH))
    for algorithm in ("none", "None", "NONE", ""):
        head = text(orjson.dumps(header | {"alg": algorithm})) + b"." + text(orjson.dumps(claims))
        refused(here.told(head.decode() + "."))


def test_key_confusion_is_refused(here: Here) -> None:
    header, claims = parts(here.issuer.token("cosmic", PUSH))
    published = httpx.get(f"{here.issuer.url}/jwks").content
    pem = key("ES256").public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head = text(orjson.dumps(header | {"alg": "HS256"})) + b"." + text(orjson.dumps(claims))
    for secret in (pem, published, orjson.dumps(orjson.loads(published)["keys"][0])):
        refused(here.told((head + b"." + text(hmac.digest(secret, head, hashlib.sha256))).decode()))


def test_more_rights_written_into_a_token_are_refused(here: Here) -> None:
    token = here.issuer.token("cosmic", "system/CareTeam.r")
    _, claims = parts(token)
    head, _, signature = token.split(".")
    refused(here.told(f"{head}.{text(orjson.dumps(claims | {'scope': 'system/*.cruds'})).decode()}.{signature}"))


@pytest.mark.parametrize("name", ["jku", "x5u", "jwk"])
def test_a_key_that_the_token_brings_along_is_not_used(here: Here, name: str) -> None:
    header, claims = parts(here.issuer.token("cosmic", PUSH))
    own = key("ES256", "attacker's")
    brought = own.as_dict(private=False) if name == "jwk" else "https://127.0.0.1:1/keys"
    refused(here.told(signed(header | {name: brought}, claims, own)))
    refused(here.told(signed(header | {name: brought, "kid": own.kid}, claims, own)))


AT = time.time


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://another.example"},
        {"iss": "https://another.example"},
        {"iat": 0, "exp": 300},
        {"exp": None},
        {"nbf": 2**40},
        {"exp": 2**40},
        {"client_id": "stranger"},
    ],
    ids=["wrong audience", "wrong issuer", "expired", "for ever", "not yet valid", "too long a life", "unknown client"],
)
def test_the_issuers_own_key_does_not_make_a_token_good(here: Here, changes: Json) -> None:
    header, claims = parts(here.issuer.token("cosmic", PUSH))
    assert here.told(signed(header, claims, key("ES256"))).status_code == 200
    claims = {name: value for name, value in (claims | changes).items() if value is not None}
    refused(here.told(signed(header, claims, key("ES256"))))


def test_a_client_that_only_the_issuer_knows_is_refused(here: Here) -> None:
    refused(here.told(here.issuer.token("stranger", PUSH)))


def test_a_token_counts_in_its_header_alone_and_once(here: Here) -> None:
    token = here.issuer.token("cosmic", PUSH)
    with here.client(None) as nobody:
        for answer in (
            nobody.get("/v1/changes", params={"access_token": token}),
            nobody.get(
                "/v1/changes", headers={"Cookie": f"access_token={token}", "X-Authorization": f"Bearer {token}"}
            ),
        ):
            assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        refused(nobody.get("/v1/changes", headers=[("Authorization", f"Bearer {token}")] * 2))
        refused(nobody.get("/v1/changes", headers={"Authorization": f"Bearer {token}, Bearer {token}"}))


# -- replayed ------------------------------------------------------------------------------------------------------


def test_a_bound_token_is_good_over_the_connection_of_its_certificate(here: Here, number: str) -> None:
    with here.client(here.bound(), here.cosmics) as cosmic:
        pushed(cosmic, "bookings", single(number))


def test_a_stolen_bound_token_is_refused_with_another_certificate_and_without_one(here: Here) -> None:
    stolen = here.bound()
    assert here.told(stolen, here.cosmics).status_code == 200
    refused(here.told(stolen, here.pasises))
    refused(here.told(stolen))


def test_a_certificate_of_its_own_does_not_help_whoever_has_a_token_that_is_to_be_bound(here: Here) -> None:
    header, claims = parts(here.bound())
    del claims["cnf"]
    refused(here.told(signed(header, claims, key("ES256")), here.cosmics))


def test_a_certificate_in_a_header_is_none(here: Here) -> None:
    stolen = here.bound()
    pem = here.cosmics.cert_chain_pems[0].bytes().decode()
    thumb = parts(stolen)[1]["cnf"]["x5t#S256"]
    flat = pem.replace("\n", "%0A")
    for name in ("X-Client-Cert", "X-SSL-Client-Cert", "X-Forwarded-Client-Cert", "Client-Cert", "SSL-Client-Cert"):
        for value in (flat, f"Cert={flat}", f":{flat}:", thumb):
            refused(here.told(stolen, None, **{name: value}))
    for name in ("vardbro.certificate", "Vardbro-Certificate", "x5t#S256"):
        refused(here.told(stolen, here.pasises, **{name: thumb}))


def test_a_certificate_of_another_root_or_another_time_opens_no_connection(here: Here) -> None:
    past = datetime.now(UTC) - timedelta(days=1)
    expired = here.papers.region.issue_cert("cosmic.example", not_after=past)
    for certificate in (here.papers.others.issue_cert("cosmic.example"), expired):
        with pytest.raises((httpx.ConnectError, httpx.ReadError, httpx.RemoteProtocolError, httpx.WriteError)):
            here.told(here.issuer.token("cosmic", PUSH), certificate)


# -- more than one may ---------------------------------------------------------------------------------------------


def test_a_scope_that_is_missing_is_named(here: Here, number: str) -> None:
    with here.as_("cosmic", "system/CareTeam.r") as reader:
        answer = reader.post("/v1/bookings", json=single(number))
        assert answer.status_code == 403
        said = 'Bearer error="insufficient_scope", scope="system/Appointment.cu"'
        assert answer.headers["WWW-Authenticate"] == said
        for method, place in (
            ("POST", "/v1/named-contacts"),
            ("POST", "/v1/bookings/check"),
            ("POST", "/v1/bookings/search"),
            ("POST", f"/v1/bookings/{COSMIC}/{number}/cancel"),
            ("GET", f"/v1/bookings/{COSMIC}/{number}"),
            ("PUT", f"/v1/chains/{COSMIC}/{number}"),
            ("POST", "/v1/patients/merge"),
            ("GET", "/fhir/Appointment"),
            ("GET", "/fhir/CareTeam"),
            ("POST", "/fhir"),
        ):
            assert reader.request(method, place, json={}).status_code == 403, place
    with here.as_("cosmic", "system/Appointment.cud") as writer:
        pushed(writer, "bookings", single(number))
        assert writer.get(f"/v1/bookings/{COSMIC}/{number}").status_code == 403


def test_a_token_without_scopes_opens_no_door(here: Here) -> None:
    token = here.issuer.token("cosmic", "")
    assert "scope" not in parts(token)[1]
    assert here.told(token).status_code == 403


def test_what_became_of_a_message_is_told_to_whoever_deals_in_its_kind(here: Here, number: str) -> None:
    with here.as_("cosmic", PUSH) as cosmic:
        booked = pushed(cosmic, "bookings", single(number))
    with here.as_("cosmic", "system/CareTeam.r") as other:
        assert other.get(f"/v1/messages/{booked['id']}").status_code == 404
        assert {one["kind"] for one in other.get("/v1/changes").json()["changes"]} <= {"named-contact"}
    with here.as_("cosmic", "system/Appointment.cud") as writer:
        assert writer.get(f"/v1/messages/{booked['id']}").status_code == 200
        assert number in {one["number"] for one in writer.get("/v1/changes").json()["changes"]}


def test_a_source_of_another_is_not_written_and_not_read(here: Here, number: str) -> None:
    with here.as_("cosmic", PUSH) as cosmic, here.as_("pasis", PUSH) as pasis:
        answer = pasis.post("/v1/bookings", json=single(number))
        assert (answer.status_code, answer.json()["problems"][0]["rule"]) == (403, "IN-14")
        booked = pushed(cosmic, "bookings", single(number))
        assert pasis.post(f"/v1/bookings/{COSMIC}/{number}/cancel", json={}).status_code == 403
        assert pasis.get(f"/v1/bookings/{COSMIC}/{number}").status_code == 404
        assert pasis.get(f"/v1/messages/{booked['id']}").status_code == 404


def test_a_search_of_one_type_brings_no_other_along(here: Here, number: str) -> None:
    with here.as_("cosmic", PUSH) as cosmic:
        pushed(cosmic, "bookings", single(number))
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        assert cosmic.get("/fhir/Appointment?_count=1").status_code == 200
        for query in ("_include=Appointment:actor", "_has:Encounter:appointment:status=x", "patient.name=Tolvan"):
            assert cosmic.get(f"/fhir/Appointment?{query}").status_code == 403
            answer = cosmic.post("/fhir/Appointment/_search", content=query, headers=form)
            assert answer.status_code == 403
    with here.as_("cosmic", "system/*.rs") as reader:
        assert reader.get("/fhir/Appointment?_include=Appointment:actor").status_code == 200


def test_a_page_link_is_good_with_the_scopes_that_it_was_given_to(here: Here, number: str) -> None:
    with here.as_("cosmic", PUSH) as cosmic:
        for one in range(2):
            pushed(cosmic, "bookings", single(f"{number}-{one}"))
    with here.as_("cosmic", "system/*.rs") as reader:
        page = reader.get("/fhir/Appointment?_count=1&_include=Appointment:actor").json()
        link = next(one["url"] for one in page["link"] if one["relation"] == "next")
        assert link.startswith(here.base)
        for other in ("cosmic", "pasis"):
            with here.as_(other, "system/Appointment.s") as less:
                assert less.get(link).status_code == 410
        assert reader.get(link).status_code == 200


def test_what_stands_in_a_path_stands_in_no_header(here: Here) -> None:
    with here.as_("cosmic", "system/Appointment.s") as caller:
        for path in ("CareTeam%22%0d%0aX-Injected:%20y", "CareTeam%0aSet-Cookie:%20a=b/1", "CareTe%C3%A5m"):
            answer = caller.get(f"/fhir/{path}")
            assert answer.status_code in (403, 404)
            assert not {"x-injected", "set-cookie"} & set(answer.headers)
            assert answer.headers.get("WWW-Authenticate", "") in ("", _WHOLE)


_WHOLE = 'Bearer error="insufficient_scope", scope="system/*.cruds"'


# -- keys that change, or cannot be had ----------------------------------------------------------------------------


def test_tokens_of_a_new_key_are_good_and_those_of_the_old_one_no_longer(
    tmp_path: Path, papers: Papers, given: Given, fhir: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    skip_or_fail(node_and_npm())
    monkeypatch.setattr(jwks, "BETWEEN", 0.0)
    with (
        running_issuer(given, tmp_path) as issuer,
        running_gateway(settings(tmp_path, papers, issuer.url), fhir, Keys(DEMO_SECRET)) as base,
    ):
        here = Here(base, issuer, papers, *(papers.region.issue_cert("x.example") for _ in "ab"))
        old = issuer.token("cosmic", PUSH)
        assert here.told(old).status_code == 200
        issuer.rotate([key("ES256", "second").as_dict(private=True)])
        assert here.told(issuer.token("cosmic", PUSH)).status_code == 200
        refused(here.told(old))


def test_nobody_is_let_in_on_an_issuers_word_while_its_keys_cannot_be_had(
    tmp_path: Path, papers: Papers, given: Given, fhir: str
) -> None:
    skip_or_fail(node_and_npm())
    with (
        running_issuer(given, tmp_path) as issuer,
        running_gateway(settings(tmp_path, papers, issuer.url), fhir, Keys(DEMO_SECRET)) as base,
    ):
        here = Here(base, issuer, papers, *(papers.region.issue_cert("x.example") for _ in "ab"))
        good = issuer.token("cosmic", PUSH)
        header, claims = parts(good)
        issuer.stop()
        for token in (good, signed(header, claims, key("ES256", "attacker's"))):
            answer = here.told(token)
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
            assert "127.0.0.1" not in answer.text
        refused(here.told("not.a.token"))


def test_nothing_of_a_token_is_kept_in_what_is_answered(here: Here) -> None:
    token = here.issuer.token("cosmic", "system/CareTeam.r")
    secret = token.rpartition(".")[2]
    with here.client(token) as caller:
        answers: list[Any] = [caller.get("/v1/changes"), caller.post("/v1/bookings", json={}), caller.get("/metrics")]
        answers.append(here.told(token[:-8] + "AAAAAAAA"))
    assert not [one for one in answers if secret[:40] in one.text + str(one.headers)]
