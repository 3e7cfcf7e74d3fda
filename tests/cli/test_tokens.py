"""The file of callers' tokens: every fault at once, each with its line and what is allowed, and no secret in any."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapter.security.token_file import TokensUnreadable, tokens
from mappings.region.field import Audience

SECRET, DIGEST = "hemlig-nyckel", "0123456789abcdefABCDEF0123456789" * 2
STAFF = f"name = 'nurse'\nsha256 = '{DIGEST}'\naudience = 'staff'\n"
SOURCE = f"name = 'a'\nsha256 = '{DIGEST[::-1]}'\naudience = 'source'\nsources = ['A']\n"
PATIENT = f"name = 'p'\nsha256 = '{'0' * 64}'\naudience = 'patient'\n"
STRANGE = (
    "a key here means nothing: mend its name or take it away; the keys are name, sha256, audience, sources, patient"
)
TABLES = "[[token]], [[issuer]], [[client]]"
FIRST = "[[token]] number 1"
MEND = "take it away, or mend audience"


def said_of(folder: Path, text: str | bytes) -> list[str]:
    """What is told of such a file, without its name."""
    path = folder / "tokens.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(TokensUnreadable) as refused:
        tokens(path)
    lines = str(refused.value).splitlines()
    assert all(line.startswith(str(path)) for line in lines), lines
    assert not re.search(r"Error|Exception|Traceback", str(refused.value).replace(str(path), ""))
    return [line.removeprefix(str(path)) for line in lines]


def test_a_file_that_is_right_is_read(tmp_path: Path) -> None:
    (tmp_path / "tokens.toml").write_text(
        f"\ufeff[[token]]\n{STAFF}[[token]]\n{SOURCE}[[token]]\n{PATIENT}patient = 'any'\n", "utf-8"
    )
    callers = [caller for _, caller in tokens(tmp_path / "tokens.toml").callers]
    assert [caller.audience for caller in callers] == [Audience.STAFF, Audience.SOURCE, Audience.PATIENT]
    assert [caller.sources for caller in callers] == [None, frozenset({"A"}), None]
    assert next(digest for digest, _ in tokens(tmp_path / "tokens.toml").callers) == DIGEST.lower()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"[[token]]\n{STAFF}source = ['A']\n", f":5: [[token]] number 1: {STRANGE}"),
        (f"[[token]]\n{STAFF}\n[[token]]\n{SOURCE}Patient = 'any'\n", f":11: [[token]] number 2: {STRANGE}"),
        (f"[[tokens]]\n{STAFF}", f":1: only {TABLES} may stand here: take it away, or mend its name"),
        (f"name = 'x'\n\n[[token]]\n{STAFF}", f":1: only {TABLES} may stand here: take it away, or mend its name"),
        (f"[token]\n{STAFF}", ":1: write each token as a table of its own, under [[token]]"),
        ("token = 7", ":1: write each token as a table of its own, under [[token]]"),
        ("token = ['x']", ":1: write each token as a table of its own, under [[token]]"),
        ("", ":1: there is no [[token]] and no [[client]] in this file: give one for each caller"),
        (f"[[token]]\n{STAFF}[[token\n", f":5:8: this is no TOML: give a TOML file with {TABLES} tables"),
        (b"\xff", f": the file is not UTF-8: give a TOML file with {TABLES} tables"),
        (f"[[token]]\n{STAFF}sources = ['A']\n", f":5: {FIRST}: only a source system's token has sources: {MEND}"),
        (
            f"[[token]]\n{STAFF}patient = 'any'\n",
            f":5: {FIRST}: only a patient's or guardian's token has patient: {MEND}",
        ),
    ],
)
def test_a_fault_is_told_with_its_line_and_what_is_allowed(tmp_path: Path, text: str | bytes, told: str) -> None:
    assert told in said_of(tmp_path, text)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (f"sha256 = '{DIGEST}'\naudience = 'staff'", ":1: [[token]] number 1: name is missing: name is to be a text"),
        (f"name = 7\nsha256 = '{DIGEST}'\naudience = 'staff'", ":2: [[token]] number 1: name is to be a text"),
        ("name = 'x'\naudience = 'staff'", ":1: [[token]] number 1: sha256 is missing: sha256 is to be 64 hexadecimal"),
        (f"name = 'x'\nsha256 = '{SECRET}'\naudience = 'staff'", ":3: [[token]] number 1: sha256 is to be 64 hexadec"),
        (f"name = 'x'\nsha256 = '{DIGEST}'", ":1: [[token]] number 1: audience is missing: audience is to be one of"),
        (f"{STAFF.replace('staff', 'king')}", ":4: [[token]] number 1: audience is to be one of patient, guardian,"),
        (SOURCE.replace("'A'", "'a b'"), ":5: [[token]] number 1: sources is to be a list of source ids"),
        (SOURCE.replace("['A']", "[]"), ":5: [[token]] number 1: sources is to be a list of source ids"),
        (SOURCE.replace("['A']", "'A'"), ":5: [[token]] number 1: sources is to be a list of source ids"),
        (SOURCE.partition("sources")[0], ":4: [[token]] number 1: a source system's token needs sources: sources is"),
        (PATIENT, ':4: [[token]] number 1: a patient\'s token needs patient: patient is to be "any", or { kind ='),
        (f"{PATIENT}patient = 'all'", ':5: [[token]] number 1: patient is to be "any", or { kind ='),
        (f"{PATIENT}patient = {{ kind = 'x', value = '1' }}", ':5: [[token]] number 1: patient is to be "any", or {'),
        (f"{PATIENT}patient.kind = 'personnummer'", ':5: [[token]] number 1: patient is to be "any", or {'),
    ],
)
def test_every_key_says_what_it_is_to_be(tmp_path: Path, lines: str, told: str) -> None:
    [said] = said_of(tmp_path, f"[[token]]\n{lines}\n")
    assert said.startswith(told)


def test_every_fault_of_every_token_is_told_at_once(tmp_path: Path) -> None:
    text = f"owner = 'x'\n[[token]]\nname = ''\nsha256 = '{SECRET}'\n\n[[token]]\n{STAFF}[[token]]\n{STAFF}colour = 1\n"
    assert [line.split(": ")[0] for line in said_of(tmp_path, text)] == [":1", ":2", ":3", ":4", ":12", ":14"]


def test_one_token_for_two_callers_is_refused(tmp_path: Path) -> None:
    twice = f"[[token]]\n{STAFF}[[token]]\n{STAFF.replace(DIGEST, DIGEST.lower())}"
    told = ":7: [[token]] number 2: the same token stands further up: give each caller its own"
    assert said_of(tmp_path, twice) == [told]


@pytest.mark.parametrize(
    "text",
    [
        "[[token]]\nname = 'x'\n"
        + "\n".join(f"{key} = '{SECRET}'" for key in ("sha256", "audience", "sources", "patient")),
        f"[[token]]\n{STAFF}{SECRET} = 1\n'{SECRET} x' = 2",
        f"{SECRET} = 'x'\n[[token]]\n{STAFF}",
        f"[[token]]\n{STAFF}{SECRET}\n",
        f'[[token]]\nname = "\\{SECRET}"',
        f"[[token]]\n{STAFF}{SECRET} = 1\n{SECRET} = 2\n",
    ],
)
def test_what_stands_in_the_file_is_never_repeated(tmp_path: Path, text: str) -> None:
    assert SECRET not in "\n".join(said_of(tmp_path, text))


# -- issuers and their clients -------------------------------------------------------------------------------------

ISSUER = "[[issuer]]\nurl = 'https://i.example'\njwks = 'https://i.example/jwks'\naud = ['https://us.example']\n"
CLIENT = "[[client]]\nissuer = 'https://i.example'\nid = 'c'\nname = 'c'\n"
OF_SOURCE, OF_PORTAL = "audience = 'source'\nsources = ['A']\n", "audience = 'patient'\n"
OF_STAFF = "audience = 'staff'\n"


def test_issuers_and_their_clients_are_read(tmp_path: Path) -> None:
    (tmp_path / "tokens.toml").write_text(f"[[token]]\n{STAFF}{ISSUER}skew = 10\n{CLIENT}{OF_SOURCE}bound = true\n")
    known = tokens(tmp_path / "tokens.toml")
    assert [(one.url, one.skew, one.longest_life) for one in known.issuers] == [("https://i.example", 10, 3600)]
    assert [(one.id, one.sources, one.bound) for one in known.clients] == [("c", ["A"], True)]
    assert len(known.callers) == 1


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("jwks = 'http://i.example/jwks'", "jwks is to be the https URL of its keys"),
        ("jwks = 'https://user:word@i.example/jwks'", "jwks is to be the https URL of its keys"),
        ("jwks = 'https://i.example/jwks#x'", "jwks is to be the https URL of its keys"),
        ("jwks = 'file:///etc/passwd'", "jwks is to be the https URL of its keys"),
        ("jwks = 'http://127.0.0.1.example/jwks'", "jwks is to be the https URL of its keys"),
        ("jwks = 'http://[::1'", "jwks is to be the https URL of its keys"),
        ("algorithms = ['HS256']", "algorithms is to be a list of some of RS256, PS256, ES256, EdDSA"),
        ("algorithms = ['none']", "algorithms is to be a list of some of RS256, PS256, ES256, EdDSA"),
        ("algorithms = []", "algorithms is to be a list of some of RS256, PS256, ES256, EdDSA"),
        ("aud = []", "aud is to be a list of what the issuer calls this gateway"),
        ("aud = 'https://us.example'", "aud is to be a list of what the issuer calls this gateway"),
        ("typ = ['id+jwt']", "typ is to be a list of at+jwt or JWT, or both"),
        ("skew = 301", "skew is to be 0 to 300 whole seconds"),
        ("skew = '10'", "skew is to be 0 to 300 whole seconds"),
        ("longest_life = 0", "longest_life is to be 1 to 86400 whole seconds"),
        ("client_from = ''", "client_from is to be the claim that names the client"),
        ("audience = ['x']", "a key here means nothing: mend its name or take it away; the keys are url, jwks, aud,"),
    ],
)
def test_what_is_wrong_with_an_issuer_is_told_with_its_line(tmp_path: Path, line: str, told: str) -> None:
    key = line.partition(" ")[0]
    kept = "".join(f"{one}\n" for one in ISSUER.splitlines() if not one.startswith(f"{key} "))
    [said] = said_of(tmp_path, f"{kept}{line}\n{CLIENT}{OF_SOURCE}")
    assert said.startswith(f":{len(kept.splitlines()) + 1}: [[issuer]] number 1: {told}")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("audience = 'source'\n", ":9: {}: a source system needs sources, or sources_from, or both"),
        (f"{OF_SOURCE}patient = 'any'\n", ":11: {}: only a portal of patients or guardians has patient: " + MEND),
        (f"{OF_SOURCE}patient_from = 'p'\n", ":11: {}: only a portal of patients or guardians has patient_from: "),
        (OF_PORTAL, ":9: {}: a patient's portal needs either patient or patient_from"),
        (f"{OF_PORTAL}patient = 'any'\npatient_from = 'p'\n", ":9: {}: a patient's portal needs either patient or"),
        (f"{OF_PORTAL}patient = {{ kind = 'personnummer', value = '1' }}\n", ':10: {}: patient is to be "any"'),
        (f"{OF_PORTAL}patient = 'any'\nchild_from = 'c'\n", ":11: {}: child_from stands beside patient_from: give"),
        (f"{OF_PORTAL}patient = 'any'\nsources = ['A']\n", ":11: {}: only a source system has sources: " + MEND),
        (f"{OF_STAFF}child_from = 'c'\n", ":10: {}: only a portal of patients has child_from: " + MEND),
        (f"{OF_SOURCE}relation_from = 'r'\n", ":11: {}: only staff has relation_from: " + MEND),
        (f"{OF_SOURCE}person_from = 'r'\n", ":11: {}: only staff has person_from: " + MEND),
        ("audience = 'staff-with-relation'\n", ":9: {}: a relation is said by each token: give audience staff, and"),
        (f"{OF_SOURCE}bound = 1\n", ":11: {}: bound is to be true or false"),
        (f"{OF_SOURCE}scopes = ['x']\n", ":11: {}: a key here means nothing: mend its name or take it away; the keys"),
    ],
)
def test_what_is_wrong_with_a_client_is_told_with_its_line(tmp_path: Path, lines: str, told: str) -> None:
    said = said_of(tmp_path, f"{ISSUER}{CLIENT}{lines}")
    assert [one for one in said if one.startswith(told.format("[[client]] number 1"))], said


def test_an_issuer_and_its_clients_belong_together(tmp_path: Path) -> None:
    alone = [":2: [[issuer]] number 1: it has no [[client]]: give one for each caller, or take it away"]
    assert said_of(tmp_path, ISSUER) == alone
    stranger = CLIENT.replace("i.example", "j.example")
    assert said_of(tmp_path, f"{ISSUER}{CLIENT}{OF_SOURCE}{stranger}{OF_SOURCE}") == [
        ":12: [[client]] number 2: issuer is to be the url of an [[issuer]] in this file"
    ]
    assert said_of(tmp_path, f"{ISSUER}{ISSUER}{CLIENT}{OF_SOURCE}{CLIENT}{OF_SOURCE}") == [
        ":6: [[issuer]] number 2: the same issuer stands further up: keep one of them",
        ":17: [[client]] number 2: the same client stands further up: keep one of them",
    ]
