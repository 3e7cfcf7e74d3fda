"""What an answer to a write means for delivery: one table, from what servers were seen to do (`fhir.md` 5).

The first row that fits decides. A row fits when everything that it names is so; what it does not name may be anything,
but `trouble`, which must be absent where the row does not name it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from adapter.server.answer import Answer, Trouble
from adapter.server.issues import Issue, issues


class Outcome(StrEnum):
    """What the courier does next."""

    DONE = "done"
    UNCHANGED = "unchanged"
    """Done, and the server kept the version that it had."""
    RETRY_SOON = "retry-soon"
    """The server or the way to it: the same again after a short, growing wait, as long as it takes."""
    RETRY_AFTER = "retry-after"
    """The same again, not before `Verdict.wait` seconds have gone."""
    RETRY_FEW = "retry-few"
    """It may pass or it may never: the same again a few times, then park."""
    REREAD = "reread"
    """Someone else wrote meanwhile: read, merge, send again."""
    REFUSED = "refused"
    """The same would be refused for ever: park."""
    UNAUTHORISED = "unauthorised"
    """No fault of the parcel: nothing goes through until someone changes how gateway and server are set up."""


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: Outcome
    row: str
    """Which row of the table decided; a word for logs and metrics."""
    sv: str
    en: str
    """What the receipt says. Holds nothing that the server said."""
    wait: float | None
    """Seconds that the server asked for."""
    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    name: str
    outcome: Outcome
    sv: str
    en: str
    status: Collection[int] = range(600)
    trouble: Collection[Trouble] | Literal["any"] | None = None
    says: frozenset[str] = frozenset()
    """Any of these tokens or issue codes."""
    guarded: bool = False
    """An `If-Match` went along."""
    deleting: bool = False
    """It was a DELETE. Ours goes without `If-Match`, so that 409 says nothing of versions."""
    waits: bool = False
    """`Retry-After` came along."""


def _says(*words: str) -> frozenset[str]:
    return frozenset(words)


UNCHANGED: Final = Row(
    name="unchanged",
    outcome=Outcome.UNCHANGED,
    sv="Servern hade redan just detta och behöll sin version.",
    en="The server already had exactly this and kept its version.",
)
NOT_UNDERSTOOD: Final = Row(
    name="not-understood",
    outcome=Outcome.RETRY_FEW,
    sv="Servern svarade något som inte kan tolkas.",
    en="The server answered something that cannot be understood.",
)

TABLE: Final[tuple[Row, ...]] = (
    # What counts whoever answered, the server or something before it.
    Row(
        name="not-let-in",
        outcome=Outcome.UNAUTHORISED,
        status=(401, 403, 407),
        trouble="any",
        sv="Servern släpper inte in gatewayen. Kontrollera dess behörighet.",
        en="The server does not let the gateway in. Check its credentials and rights.",
    ),
    Row(
        name="too-big-to-send",
        outcome=Outcome.REFUSED,
        status=(413, 414, 431),
        trouble="any",
        sv="Meddelandet är större än servern tar emot.",
        en="The message is larger than the server takes.",
    ),
    Row(
        name="told-to-wait",
        outcome=Outcome.RETRY_AFTER,
        status=(429, 503),
        trouble="any",
        waits=True,
        sv="Servern har för mycket att göra och sade när den kan ta emot.",
        en="The server is too busy and said when to come back.",
    ),
    Row(
        name="busy",
        outcome=Outcome.RETRY_SOON,
        status=(429,),
        trouble="any",
        sv="Servern har för mycket att göra.",
        en="The server is too busy.",
    ),
    Row(
        name="down",
        outcome=Outcome.RETRY_SOON,
        status=(408, 425, 502, 503, 504),
        trouble="any",
        sv="Servern kan inte svara just nu.",
        en="The server cannot answer just now.",
    ),
    # No answer, or one that is none.
    Row(
        name="unreachable",
        outcome=Outcome.RETRY_SOON,
        trouble=(Trouble.UNREACHABLE,),
        sv="Servern kan inte nås.",
        en="The server cannot be reached.",
    ),
    Row(
        name="no-whole-answer",
        outcome=Outcome.RETRY_SOON,
        trouble=(Trouble.TIMED_OUT, Trouble.INTERRUPTED),
        sv="Inget helt svar kom. Det är okänt om servern hann spara; samma sak skickas igen utan risk för dubblett.",
        en="No whole answer came. Whether the server kept it is not known; sending it again makes no double.",
    ),
    Row(
        name="not-fhir",
        outcome=Outcome.RETRY_SOON,
        trouble=(Trouble.NOT_FHIR,),
        sv="Svaret var inte FHIR: något mellan gatewayen och servern svarade.",
        en="The answer was not FHIR: something between the gateway and the server answered.",
    ),
    Row(
        name="wrong-server",
        outcome=Outcome.UNAUTHORISED,
        trouble=(Trouble.UNTRUSTED, Trouble.REDIRECTED, Trouble.WRONG_VERSION),
        sv="Adressen leder inte till en betrodd FHIR R4-server. Kontrollera adress, certifikat och version.",
        en="The address does not lead to a trusted FHIR R4 server. Check address, certificate and version.",
    ),
    Row(
        name="answer-too-large",
        outcome=Outcome.REFUSED,
        trouble=(Trouble.TOO_LARGE,),
        sv="Serverns svar är större än vad gatewayen tar emot.",
        en="The server's answer is larger than the gateway takes.",
    ),
    # Done.
    Row(
        name="done",
        outcome=Outcome.DONE,
        status=(200, 201, 204),
        sv="Servern har tagit emot och sparat.",
        en="The server has taken it and kept it.",
    ),
    # What HAPI says by code; a wrapping HAPI-0550 stands beside the one that tells.
    Row(
        name="changed-meanwhile",
        outcome=Outcome.REREAD,
        says=_says("HAPI-0989"),
        sv="Någon annan har ändrat under tiden. Det slås samman och skickas igen.",
        en="Someone else has changed it meanwhile. It is merged and sent again.",
    ),
    Row(
        name="still-referred-to",
        outcome=Outcome.REFUSED,
        says=_says("HAPI-0515"),
        sv="Kan inte tas bort: något annat på servern hänvisar till det.",
        en="It cannot be deleted: something else on the server refers to it.",
    ),
    Row(
        name="same-identifier-elsewhere",
        outcome=Outcome.RETRY_FEW,
        says=_says("HAPI-0824"),
        sv="Servern har redan samma identitet på en annan resurs.",
        en="The server already has the same identifier on another resource.",
    ),
    Row(
        name="missing-target",
        outcome=Outcome.RETRY_FEW,
        says=_says("HAPI-1094", "HAPI-1091"),
        sv="Det som hänvisas till finns inte på servern än.",
        en="What is referred to is not on the server yet.",
    ),
    Row(
        name="ambiguous",
        outcome=Outcome.REFUSED,
        says=_says("HAPI-2207", "HAPI-0958", "HAPI-0962", "multiple-matches"),
        sv="Servern har flera resurser med samma identitet. De måste slås samman där.",
        en="The server has several resources with the same identifier. They must be merged there.",
    ),
    Row(
        name="race",
        outcome=Outcome.RETRY_SOON,
        status=(409,),
        says=_says("HAPI-0549", "HAPI-0550", "HAPI-0823", "HAPI-0825", "HAPI-2745"),
        sv="Två skrev samtidigt och servern valde den andra.",
        en="Two wrote at the same time and the server chose the other.",
    ),
    Row(
        name="still-referred-to",
        outcome=Outcome.REFUSED,
        status=(409,),
        deleting=True,
        sv="Kan inte tas bort: något annat på servern hänvisar till det.",
        en="It cannot be deleted: something else on the server refers to it.",
    ),
    # helios tells the true status of a failed entry only in the text of a 400.
    Row(
        name="changed-meanwhile",
        outcome=Outcome.REREAD,
        status=(400,),
        says=_says("entry-status-409", "entry-status-412"),
        sv="Någon annan har ändrat under tiden. Det slås samman och skickas igen.",
        en="Someone else has changed it meanwhile. It is merged and sent again.",
    ),
    # What R4 says of stale versions; 410 and, under If-Match, 404: it is no longer there.
    Row(
        name="changed-meanwhile",
        outcome=Outcome.REREAD,
        status=(409, 410, 412),
        sv="Någon annan har ändrat under tiden. Det slås samman och skickas igen.",
        en="Someone else has changed it meanwhile. It is merged and sent again.",
    ),
    Row(
        name="gone-meanwhile",
        outcome=Outcome.REREAD,
        status=(404,),
        guarded=True,
        sv="Någon annan har tagit bort det under tiden. Det läses om och skickas igen.",
        en="Someone else has deleted it meanwhile. It is read again and sent again.",
    ),
    Row(
        name="missing-target",
        outcome=Outcome.RETRY_FEW,
        status=(400, 404, 422),
        says=_says("not-found"),
        sv="Det som hänvisas till finns inte på servern än.",
        en="What is referred to is not on the server yet.",
    ),
    Row(
        name="not-here",
        outcome=Outcome.REFUSED,
        status=(404, 405, 501),
        sv="Servern kan inte ta emot detta slags resurs eller åtgärd.",
        en="The server does not take this kind of resource or interaction.",
    ),
    Row(
        name="refused",
        outcome=Outcome.REFUSED,
        status=range(400, 500),
        sv="Servern godtar inte innehållet.",
        en="The server does not accept the content.",
    ),
    Row(
        name="down",
        outcome=Outcome.RETRY_SOON,
        status=range(500, 600),
        says=_says("transient", "lock-error", "no-store", "timeout", "incomplete", "throttled"),
        sv="Servern kan inte svara just nu.",
        en="The server cannot answer just now.",
    ),
    Row(
        name="server-error",
        outcome=Outcome.RETRY_FEW,
        status=range(500, 600),
        sv="Servern fick ett fel hos sig själv.",
        en="The server failed on its own side.",
    ),
)


def verdict(answer: Answer, *, guarded: bool = False, deleting: bool = False, known_etag: str | None = None) -> Verdict:
    """What the answer to a write means. `guarded`: it went under `If-Match`. `known_etag`: the version before it."""
    told = issues(answer)
    errors = [issue for issue in told if issue.severity in {"fatal", "error"}]
    words = {word for issue in errors for word in (issue.code, *issue.token.split())}
    rows = (row for row in TABLE if (guarded or not row.guarded) and (deleting or not row.deleting))
    row = next((row for row in rows if _fits(row, answer, words)), NOT_UNDERSTOOD)
    if row.outcome is Outcome.DONE and answer.status == 200 and known_etag is not None and answer.etag == known_etag:
        row = UNCHANGED
    return Verdict(row.outcome, row.name, row.sv, row.en, answer.retry_after, told)


def _fits(row: Row, answer: Answer, words: set[str]) -> bool:
    return (
        _trouble_fits(row, answer.trouble)
        and (answer.status in row.status if answer.status is not None else row.status == range(600))
        and (not row.says or not row.says.isdisjoint(words))
        and (not row.waits or answer.retry_after is not None)
    )


def _trouble_fits(row: Row, trouble: Trouble | None) -> bool:
    if row.trouble == "any":
        return True
    return trouble is None if row.trouble is None else trouble in row.trouble
