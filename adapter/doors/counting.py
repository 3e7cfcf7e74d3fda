"""Numbers for operators. A label is a kind, a state or a rule, never anything of a person."""

from __future__ import annotations

from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from adapter.delivery.ledger import Ledger
from adapter.delivery.values import Standstill

MEDIA = CONTENT_TYPE_LATEST


@dataclass(frozen=True, slots=True)
class Counting:
    """The counters of one gateway, in a registry of their own."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    messages: Counter = field(init=False)
    refusals: Counter = field(init=False)
    reads: Counter = field(init=False)
    steps: Counter = field(init=False)
    overdue: Gauge = field(init=False)
    waiting: Gauge = field(init=False)
    oldest: Gauge = field(init=False)
    standstill: Gauge = field(init=False)

    def __post_init__(self) -> None:
        made = {
            "messages": Counter(
                "vardbro_messages", "Messages by kind and answer", ["kind", "answer"], registry=self.registry
            ),
            "refusals": Counter(
                "vardbro_refusals", "Problems that refused a message, by rule", ["kind", "rule"], registry=self.registry
            ),
            "reads": Counter(
                "vardbro_reads", "Reads by door and audience", ["door", "audience"], registry=self.registry
            ),
            "steps": Counter(
                "vardbro_clock_steps",
                "Steps that were due, by kind and what became of them",
                ["kind", "step", "outcome"],
                registry=self.registry,
            ),
            "overdue": Gauge(
                "vardbro_overdue_seconds", "How late the step is that has been due longest", registry=self.registry
            ),
            "waiting": Gauge("vardbro_receipts", "Messages by state", ["state"], registry=self.registry),
            "oldest": Gauge(
                "vardbro_oldest_waiting_seconds", "Age of the oldest message not yet settled", registry=self.registry
            ),
            "standstill": Gauge(
                "vardbro_server_in_trouble",
                "1 while nothing is delivered because of the server",
                registry=self.registry,
            ),
        }
        for name, collector in made.items():
            object.__setattr__(self, name, collector)

    def page(self, ledger: Ledger, standstill: Standstill | None) -> bytes:
        """All numbers, in Prometheus' text format."""
        counts = ledger.counts()
        for state, number in counts.messages.items():
            self.waiting.labels(state.value).set(number)
        self.oldest.set(counts.oldest_waiting)
        due, now = ledger.next_step_due(), ledger.clock()
        self.overdue.set((now - due).total_seconds() if due and due < now else 0)
        self.standstill.set(standstill is not None)
        return generate_latest(self.registry)
