"""Access tokens of an issuer: one that is good lets its client in, and every way of being less is refused alike."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OctKey, RSAKey

from adapter.security.caller import Caller, NotProven, Unprovable, Unrecognised
from adapter.security.issuer import Client, Issuer
from adapter.security.recognition import LONGEST, MOST, Recognition
from adapter.security.token_file import Tokens
from mappings.problem import Json
from mappings.region.field import Audience
from tests.security.signing import (
    AUDIENCE,
    COSMIC,
    ISSUER,
    NOW,
    SYSTEM,
    Asked,
    Published,
    Time,
    claims,
    header,
    key,
    public,
    publishing,
    recognising,
    signed,
    text,
    token,
)

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
AT = int(NOW.timestamp())

Work = Callable[[Asked, Published], Awaitable[Any]]


def asked(work: Work, client: Json | None = None, **of_issuer: Any) -> Any:
    """What comes of work with a gateway that knows one issuer, whose keys are the first of each algorithm."""

    async def whole() -> Any:
        time = Time()
        with publishing(*map(key, ALGORITHMS)) as published:
            async with recognising(published, time, client, **of_issuer) as recognition:
                return await work(Asked(recognition, time), published)

    return asyncio.run(whole())


def who(*tokens: str, certificate: str | None = None, client: Json | None = None, **of_issuer: Any) -> Caller:
    async def work(at: Asked, _: Published) -> Caller:
        return await at.who(*tokens, certificate=certificate)

    caller: Caller = asked(work, client, **of_issuer)
    return caller


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_good_token_lets_its_client_in(algorithm: str) -> None:
    caller = who(token(algorithm))
    assert (caller.name, caller.audience, caller.sources) == ("cosmic", Audience.SOURCE, frozenset({COSMIC}))
    assert caller.scopes == frozenset({("Appointment", "c"), ("Appointment", "u"), ("Appointment", "d")})


def test_eddsa_may_be_called_by_its_newer_name() -> None:
    assert who(signed(header("Ed25519", kid="EdDSA-first"), claims(), key("EdDSA"))).name == "cosmic"


# -- forged --------------------------------------------------------------------------------------------------------


def unsigned() -> str:
    return (text(orjson.dumps(header(alg="none"))) + b"." + text(orjson.dumps(claims())) + b".").decode()


def shared_secret(secret: bytes) -> str:
    head = text(orjson.dumps(header("RS256", alg="HS256"))) + b"." + text(orjson.dumps(claims()))
    return (head + b"." + text(hmac.digest(secret, head, hashlib.sha256))).decode()


def pem(algorithm: str) -> bytes:
    public_key = key(algorithm).public_key
    return bytes(public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def changed(part: int) -> str:
    parts = token().split(".")
    parts[part] = text(orjson.dumps(claims(client_id="cosmic-backend", scope="system/*.cruds"))).decode()
    return ".".join(parts)


OWN = key("ES256", "attacker's")
OWN_RSA = key("RS256", "attacker's")
FORGED: dict[str, Callable[[], str]] = {
    "no algorithm": unsigned,
    "no algorithm, in other letters": lambda: unsigned().replace(
        text(orjson.dumps(header(alg="none"))).decode(), text(orjson.dumps(header(alg="nOnE"))).decode()
    ),
    "the public key as shared secret, as PEM": lambda: shared_secret(pem("RS256")),
    "the public key as shared secret, as JWK": lambda: shared_secret(orjson.dumps(public(key("RS256"))["keys"][0])),
    "an empty shared secret": lambda: shared_secret(b""),
    "claims changed under the signature": lambda: changed(1),
    "no signature": lambda: token().rpartition(".")[0] + ".",
    "a signature of zeros": lambda: token().rpartition(".")[0] + "." + text(bytes(64)).decode(),
    "a key of the attacker's under the issuer's name": lambda: signed(header(), claims(), OWN),
    "another key of the issuer's": lambda: signed(header(), claims(), key("ES256", "second")),
    "an RSA key where its name is one of ES256": lambda: signed(
        header("RS256", kid="ES256-first"), claims(), key("RS256")
    ),
    "PS256 with the key of RS256": lambda: signed(header("PS256", kid="RS256-first"), claims(), key("RS256")),
    "another algorithm than the header says": lambda: signed(header("RS256"), claims(), key("RS256"), "PS256"),
    "RS512": lambda: signed(header("RS256", alg="RS512"), claims(), key("RS256")),
    "a key in the header (jwk)": lambda: signed(header(jwk=OWN.as_dict(private=False)), claims(), OWN),
    "a key behind a URL (jku)": lambda: signed(header(jku="https://attacker.example/jwks"), claims(), OWN),
    "a certificate behind a URL (x5u)": lambda: signed(header(x5u="https://attacker.example/c"), claims(), OWN),
    "a certificate in the header (x5c)": lambda: signed(header(x5c=["MIIB"]), claims(), OWN),
    "a URL beside a good signature": lambda: signed(header(jku="https://attacker.example"), claims(), key("ES256")),
    "a critical header": lambda: signed(header(crit=["exp"], exp=AT + 300), claims(), key("ES256")),
    "an unencoded payload": lambda: signed(header(b64=False, crit=["b64"]), claims(), key("ES256")),
    "a key without a name": lambda: signed(header(kid=None), claims(), key("ES256")),
    "a name that is a path": lambda: signed(header(kid="../../../../dev/null"), claims(), OWN),
    "a name that is no text": lambda: signed(header(kid={"$ne": 1}), claims(), OWN),
    "no type": lambda: signed(header(typ=None), claims(), key("ES256")),
    "an ID token": lambda: signed(header(typ="JWT"), claims(), key("ES256")),
    "a logout token": lambda: signed(header(typ="logout+jwt"), claims(), key("ES256")),
    "encrypted": lambda: ".".join(("e30", "e30", "e30", "e30", "e30")),
    "of two parts": lambda: token().rpartition(".")[0],
    "of four parts": lambda: token() + ".e30",
    "no JSON": lambda: signed(header(), b"not JSON", key("ES256")),
    "a list": lambda: signed(header(), b"[]", key("ES256")),
    "nested": lambda: signed(header(), b'{"a":' + b"[" * 2000 + b"]" * 2000 + b"}", key("ES256")),
    "a nested header": lambda: text(b'{"alg":' + b"[" * 2000 + b"]" * 2000 + b"}").decode() + ".e30.e30",
    "too long": lambda: token(more="x" * LONGEST),
    "letters that are none of a token": lambda: token() + "å",
    "two at once": lambda: f"{token()} {token()}",
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_a_forged_token_is_refused(forged: Callable[[], str]) -> None:
    with pytest.raises(NotProven):
        who(forged())


def test_an_algorithm_that_the_issuer_is_not_to_use_is_refused() -> None:
    assert who(token("RS256"), algorithms=["RS256"]).name == "cosmic"
    with pytest.raises(NotProven):
        who(token("ES256"), algorithms=["RS256"])


def test_two_authorization_headers_are_refused_even_with_the_same_token() -> None:
    with pytest.raises(NotProven):
        who(token(), token())


def test_without_a_token_nobody_is_recognised() -> None:
    with pytest.raises(Unrecognised):
        who()


# -- not for us, not now -------------------------------------------------------------------------------------------

WRONG: dict[str, Json] = {
    "wrong audience": {"aud": "https://another.example"},
    "no audience": {"aud": None},
    "an audience that begins as ours": {"aud": "https://gateway.example.attacker.example"},
    "an audience that is no text": {"aud": {"$ne": ""}},
    "wrong issuer": {"iss": "https://another.example"},
    "the issuer with a slash": {"iss": "https://issuer.example/"},
    "no issuer": {"iss": None},
    "a list of issuers": {"iss": ["https://issuer.example"]},
    "expired": {"iat": AT - 400, "exp": AT - 31},
    "never expires": {"exp": None},
    "expires at no time": {"exp": "2027-01-01"},
    "expires in words of truth": {"exp": True},
    "not yet valid": {"nbf": AT + 31},
    "issued in the future": {"iat": AT + 31, "exp": AT + 300},
    "of no known age": {"iat": None},
    "too long a life": {"exp": AT + 3601},
    "a life that ended before it began": {"iat": AT, "exp": AT - 10},
    "another client": {"client_id": "pasis-backend"},
    "no client": {"client_id": None},
    "a client that is no text": {"client_id": ["cosmic-backend"]},
    "scopes that are no text": {"scope": {"system/*.cruds": True}},
    "bound to a key that it does not show": {"cnf": {"jkt": "x" * 43}},
    "bound to nothing": {"cnf": {}},
    "bound to a certificate and a key": {"cnf": {"x5t#S256": "x" * 43, "jkt": "x" * 43}},
    "bound to no thumbprint": {"cnf": {"x5t#S256": ""}},
    "bound, and no certificate shown": {"cnf": {"x5t#S256": "x" * 43}},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
def test_a_token_that_is_not_for_us_or_not_now_is_refused(changes: Json) -> None:
    with pytest.raises(NotProven):
        who(token(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"iat": AT - 300, "exp": AT - 29},
        {"nbf": AT + 29},
        {"iat": AT + 29, "exp": AT + 300},
        {"exp": AT + 3600},
        {"aud": ["https://another.example", "https://gateway.example"]},
    ],
    ids=["just expired", "valid in a moment", "issued in a moment", "an hour long", "one audience of two"],
)
def test_a_token_within_the_clock_skew_and_the_longest_life_is_taken(changes: Json) -> None:
    assert who(token(**changes)).name == "cosmic"


def test_skew_and_longest_life_are_the_issuers_settings() -> None:
    assert who(token(iat=AT - 200, exp=AT - 50), skew=60).name == "cosmic"
    with pytest.raises(NotProven):
        who(token(exp=AT + 300), longest_life=299)


def test_an_issuer_that_names_clients_and_tokens_otherwise_is_understood() -> None:
    other = signed(header(typ="JWT"), claims(client_id=None, azp="cosmic-backend"), key("ES256"))
    assert who(other, typ=["JWT"], client_from="azp").name == "cosmic"


# -- bound to a certificate ----------------------------------------------------------------------------------------

THUMB, OTHERS = "t" * 43, "o" * 43


def test_a_bound_token_is_good_with_its_certificate_only() -> None:
    bound = token(cnf={"x5t#S256": THUMB})
    assert who(bound, certificate=THUMB).name == "cosmic"
    for certificate in (None, "", OTHERS):
        with pytest.raises(NotProven):
            who(bound, certificate=certificate)


def test_a_bound_token_that_was_good_once_is_not_good_with_another_certificate() -> None:
    async def work(at: Asked, _: Published) -> None:
        bound = token(cnf={"x5t#S256": THUMB})
        await at.who(bound, certificate=THUMB)
        for certificate in (None, OTHERS):
            with pytest.raises(NotProven):
                await at.who(bound, certificate=certificate)

    asked(work)


def test_a_token_that_is_bound_to_something_else_as_well_is_refused() -> None:
    with pytest.raises(NotProven):
        who(token(cnf={"x5t#S256": THUMB, "jkt": THUMB}), certificate=THUMB)


def test_a_client_whose_tokens_are_to_be_bound_is_refused_with_one_that_is_not() -> None:
    assert who(token(cnf={"x5t#S256": THUMB}), certificate=THUMB, client={"bound": True}).name == "cosmic"
    with pytest.raises(NotProven):
        who(token(), certificate=THUMB, client={"bound": True})


async def until(so: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not so():
            await asyncio.sleep(0.01)


# -- remembered ----------------------------------------------------------------------------------------------------


def test_keys_are_fetched_once_however_many_requests_come() -> None:
    async def work(at: Asked, published: Published) -> int:
        for number in range(50):
            await at.who(token(jti=str(number % 10)))
        return published.fetches

    assert asked(work) == 1


def test_requests_that_come_at_once_wait_for_the_same_fetch() -> None:
    async def work(at: Asked, published: Published) -> int:
        published.gate.clear()
        waiting = [asyncio.ensure_future(at.who(token(jti=str(number)))) for number in range(20)]
        await until(lambda: published.fetches > 0)
        published.gate.set()
        assert {caller.name for caller in await asyncio.gather(*waiting)} == {"cosmic"}
        return published.fetches

    assert asked(work) == 1


def test_a_caller_who_goes_away_leaves_the_others_their_fetch() -> None:
    async def work(at: Asked, published: Published) -> int:
        published.gate.clear()
        gone, stays = (asyncio.ensure_future(at.who(token(jti=one))) for one in "ab")
        await until(lambda: published.fetches > 0)
        gone.cancel()
        published.gate.set()
        assert (await stays).name == "cosmic"
        return published.fetches

    assert asked(work) == 1


def test_a_token_that_was_good_is_refused_once_it_has_expired() -> None:
    async def work(at: Asked, _: Published) -> None:
        good = token()
        await at.who(good)
        at.time.passes(329)
        await at.who(good)
        at.time.passes(2)
        with pytest.raises(NotProven):
            await at.who(good)

    asked(work)


def test_no_more_tokens_are_remembered_than_is_set() -> None:
    async def work(at: Asked, _: Published) -> int:
        for number in range(MOST + 10):
            await at.who(token("EdDSA", jti=str(number)))
        return len(at.recognition._good)

    assert asked(work) == MOST


def test_a_refused_token_is_not_remembered() -> None:
    async def work(at: Asked, _: Published) -> int:
        for _number in range(3):
            with pytest.raises(NotProven):
                await at.who(signed(header(), claims(), OWN))
        return len(at.recognition._good)

    assert asked(work) == 0


# -- rotation ------------------------------------------------------------------------------------------------------

SECOND = key("ES256", "second")
OF_SECOND = signed(header(kid="ES256-second"), claims(), SECOND)


def test_a_new_key_is_looked_for_once() -> None:
    async def work(at: Asked, published: Published) -> int:
        await at.who(token())
        at.time.passes(30)
        published.keys(key("ES256"), SECOND)
        assert (await at.who(OF_SECOND)).name == "cosmic"
        await at.who(token())
        return published.fetches

    assert asked(work) == 2


def test_names_of_keys_that_nobody_has_make_no_fetch_each() -> None:
    async def work(at: Asked, published: Published) -> int:
        await at.who(token())
        for number in range(100):
            with pytest.raises(NotProven):
                await at.who(signed(header(kid=f"none-{number}"), claims(), OWN))
        at.time.passes(30)
        for number in range(100):
            with pytest.raises(NotProven):
                await at.who(signed(header(kid=f"none-{number}"), claims(), OWN))
        return published.fetches

    assert asked(work) == 2


def test_a_key_that_the_issuer_has_withdrawn_proves_nothing_more() -> None:
    async def work(at: Asked, published: Published) -> None:
        good = token(iat=AT, exp=AT + 3000)
        await at.who(good)
        published.keys(SECOND)
        at.time.passes(601)
        await at.who(good)
        [ring] = at.recognition._rings.values()
        await until(lambda: ring.edition == 2)
        with pytest.raises(NotProven):
            await at.who(good)

    asked(work)


# -- an issuer that does not answer --------------------------------------------------------------------------------


def _status(published: Published) -> None:
    published.status = 500


def _nothing(published: Published) -> None:
    published.body = b"<html>"


def _no_list(published: Published) -> None:
    published.body = b'{"keys": {}}'


def _elsewhere(published: Published) -> None:
    published.status, published.headers = 302, {"Location": published.url}


def _large(published: Published) -> None:
    published.body += b" " * 300_000


SILENT = (_status, _nothing, _no_list, _elsewhere, _large)


@pytest.mark.parametrize("silent", SILENT, ids=lambda one: one.__name__.strip("_"))
def test_nobody_is_let_in_while_an_issuers_keys_cannot_be_had(silent: Callable[[Published], None]) -> None:
    async def work(at: Asked, published: Published) -> int:
        silent(published)
        for _number in range(10):
            with pytest.raises(Unprovable):
                await at.who(token())
        return published.fetches

    assert asked(work) == 1


def test_an_issuer_that_answers_again_is_asked_again() -> None:
    async def work(at: Asked, published: Published) -> Caller:
        published.status = 500
        with pytest.raises(Unprovable):
            await at.who(token())
        published.status = 200
        at.time.passes(30)
        return await at.who(token())

    assert asked(work).name == "cosmic"


def test_known_keys_stand_for_an_hour_while_the_issuer_is_down_and_no_longer() -> None:
    async def work(at: Asked, published: Published) -> None:
        long = token(exp=AT + 3600 * 20)
        await at.who(long)
        published.status = 500
        for _minute in range(59):
            at.time.passes(60)
            await at.who(long)
            await asyncio.sleep(0.005)
        with pytest.raises(Unprovable):
            await at.who(signed(header(kid="new"), claims(exp=AT + 7200), SECOND))
        at.time.passes(61)
        with pytest.raises(Unprovable):
            await at.who(long)

    asked(work, longest_life=86_400)


# -- keys that are none --------------------------------------------------------------------------------------------


ODD = [{"kty": "EC", "kid": "odd"}, {"kty": ["RSA"], "kid": "odd"}, {"kty": "RSA", "kid": "odd", "alg": {}, "n": 7}]


def test_a_shared_secret_and_a_short_or_other_key_among_the_issuers_keys_prove_nothing() -> None:
    secret = OctKey.generate_key(256, {"kid": "shared", "alg": "HS256"})
    with pytest.warns(match="Key size"):
        short = RSAKey.generate_key(1024, {"kid": "short"})
    encrypts = ECKey.generate_key("P-256", {"kid": "encrypts", "use": "enc"})
    curve = ECKey.generate_key("P-384", {"kid": "curve"})

    async def work(at: Asked, published: Published) -> None:
        published.body = orjson.dumps(
            {"keys": [secret.as_dict(private=True), *public(short, encrypts, curve)["keys"], 7, *ODD]} | {"more": 1}
        )
        for forged in (
            signed(header("HS256", kid="shared"), claims(), secret),
            signed(header("RS256", kid="short"), claims(), short),
            signed(header("ES256", kid="encrypts"), claims(), encrypts),
        ):
            with pytest.raises(NotProven):
                await at.who(forged)

    asked(work)


def test_a_private_key_that_an_issuer_publishes_by_mistake_is_read_as_its_public_half() -> None:
    async def work(at: Asked, published: Published) -> bool:
        published.body = orjson.dumps({"keys": [key("ES256").as_dict(private=True)]})
        await at.who(token())
        [ring] = at.recognition._rings.values()
        found = await ring.key("ES256-first", "ES256")
        return found is not None and found.is_private

    assert asked(work) is False


# -- two issuers -----------------------------------------------------------------------------------------------------


def test_one_issuer_proves_nothing_of_anothers_clients() -> None:
    async def whole() -> None:
        time = Time()
        with publishing(key("ES256")) as ours, publishing(key("ES256", "second")) as theirs:
            other = {"url": "https://another.example", "jwks": theirs.url, "aud": [AUDIENCE]}
            known = Tokens(
                (),
                issuers=(
                    Issuer.model_validate({"url": ISSUER, "jwks": ours.url, "aud": [AUDIENCE]}),
                    Issuer.model_validate(other),
                ),
                clients=(
                    Client.model_validate(SYSTEM),
                    Client.model_validate(SYSTEM | {"issuer": other["url"], "id": "theirs", "name": "theirs"}),
                ),
            )
            async with Recognition(known, lambda _: None, time, time.ticks) as recognition:
                at = Asked(recognition, time)
                of_theirs = {"iss": other["url"], "client_id": "theirs"}
                second = key("ES256", "second")
                assert (await at.who(signed(header(kid=second.kid), claims(**of_theirs), second))).name == "theirs"
                for forged in (
                    signed(header(kid=second.kid), claims(), second),
                    signed(header(), claims(**of_theirs), key("ES256")),
                    signed(header(kid=second.kid), claims(iss=other["url"]), second),
                ):
                    with pytest.raises(NotProven):
                        await at.who(forged)

    asyncio.run(whole())


# -- anything at all -------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(["iss", "aud", "exp", "iat", "nbf", "sub", "jti", "client_id", "scope", "cnf", "sources"])
HEADERS = st.sampled_from(["alg", "typ", "kid", "jku", "jwk", "x5c", "crit", "b64", "zip", "enc", "cty", "x5t"])


@settings(deadline=None)
@given(
    st.dictionaries(HEADERS, JSON, max_size=3),
    st.dictionaries(NAMES | st.text(max_size=8), JSON, max_size=4),
    st.data(),
)
def test_whatever_stands_in_a_token_somebody_is_recognised_or_nobody_is(
    running: tuple[asyncio.AbstractEventLoop, Asked], heads: Json, said: Json, data: st.DataObject
) -> None:
    loop, at = running
    whole = signed(header() | heads, claims() | said, key("ES256"), "ES256")
    cut = data.draw(st.sampled_from(["whole", "cut", "mixed"]))
    if cut == "cut":
        whole = whole[: data.draw(st.integers(0, len(whole)))]
    if cut == "mixed":
        place = data.draw(st.integers(0, len(whole) - 1))
        whole = whole[:place] + data.draw(st.characters(max_codepoint=255)) + whole[place + 1 :]
    try:
        caller = loop.run_until_complete(at.who(whole))
    except NotProven:
        return
    assert (caller.name, caller.sources) == ("cosmic", frozenset({COSMIC}))


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[asyncio.AbstractEventLoop, Asked]]:
    """A loop, and a recognition in it."""
    loop, time = asyncio.new_event_loop(), Time()
    with publishing(key("ES256")) as published:
        recognition = recognising(published, time)
        loop.run_until_complete(recognition.__aenter__())
        yield loop, Asked(recognition, time)
        loop.run_until_complete(recognition.__aexit__())
    loop.close()
