"""Who is asking: what a token costs the first time and after, and how often an issuer is asked for its keys.

python -m tests.benchmarks.tokens_bench
"""

from __future__ import annotations

import asyncio
import statistics
import time
from datetime import UTC, datetime

from adapter.security.issuer import Client, Issuer
from adapter.security.recognition import Recognition
from adapter.security.token_file import Tokens
from tests.security.signing import AUDIENCE, ISSUER, SYSTEM, Published, claims, header, key, publishing, signed

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
FIRST, AFTER = 500, 20_000
GOAL = 0.1
"""Milliseconds of a check after the first."""


def tokens(algorithm: str, number: int) -> list[str]:
    """So many different tokens of a system, good for an hour; one size as issuers give them."""
    now = int(time.time())
    said = claims(iat=now, exp=now + 3600, scope="system/Appointment.cruds system/CareTeam.cruds system/*.rs")
    return [signed(header(algorithm), said | {"jti": f"{one:032}"}, key(algorithm)) for one in range(number)]


async def checked(recognition: Recognition, sent: list[str]) -> list[float]:
    """Milliseconds of each check."""
    taken = []
    for token in sent:
        begun = time.perf_counter()
        await recognition.caller([f"Bearer {token}"], "192.0.2.1", None)
        taken.append((time.perf_counter() - begun) * 1000)
    return taken


async def measured(published: Published) -> None:
    issuer = Issuer.model_validate({"url": ISSUER, "jwks": published.url, "aud": [AUDIENCE]})
    known = Tokens((), issuers=(issuer,), clients=(Client.model_validate(SYSTEM),))
    requests = 0
    async with Recognition(known, lambda _: None, lambda: datetime.now(UTC)) as recognition:
        begun = time.perf_counter()
        await checked(recognition, tokens("ES256", 1))
        print(f"the first of all, keys fetched: {(time.perf_counter() - begun) * 1000:.1f} ms")
        for algorithm in ALGORITHMS:
            sent = tokens(algorithm, FIRST)
            first = await checked(recognition, sent)
            after = await checked(recognition, (sent * (AFTER // FIRST))[:AFTER])
            requests += len(first) + len(after)
            middle, late = statistics.median(after), sorted(after)[int(len(after) * 0.99)]
            print(
                f"{algorithm:6} {len(sent[0]):4} bytes: a new token p50 {statistics.median(first):.3f} ms; "
                f"after that p50 {middle:.4f} ms, p99 {late:.4f} ms (goal {GOAL} ms)"
            )
    print(f"the issuer's keys were fetched {published.fetches} times in {requests + 1} requests")


def main() -> None:
    with publishing(*map(key, ALGORITHMS)) as published:
        asyncio.run(measured(published))


if __name__ == "__main__":
    main()
