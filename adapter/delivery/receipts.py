"""Rows of the ledger, read as values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from adapter.delivery.bodies import Bodies
from adapter.delivery.values import Aggregate, Columns, MessageState, Receipt, instant


def receipt_of(row: Any) -> Receipt:
    """From a row, or from what one was written of."""
    found = row if isinstance(row, Mapping) else row._asdict()
    return Receipt(
        sequence=found["sequence"],
        id=found["id"],
        kind=found["kind"],
        source=found["source"],
        number=found["number"],
        version=found["version"],
        revision=found["revision"],
        state=MessageState(found["state"]),
        attempts=found["attempts"],
        warnings=tuple(orjson.loads(found["warnings"])),
        derived=tuple(orjson.loads(found["derived"])),
        conflicts=tuple(orjson.loads(found["conflicts"])),
        kept_by_server=tuple(orjson.loads(found["kept"])),
        reason=found["reason"],
        server_said=orjson.loads(found["server_said"]) if found["server_said"] else None,
        trace_id=found["trace_id"],
        catalogue_version=found["catalogue_version"],
        mapping_version=found["mapping_version"],
        accepted_at=instant(found["accepted_at"]),
        changed_at=instant(found["changed_at"]),
    )


def aggregate_of(row: Any, bodies: Bodies) -> Aggregate:
    return Aggregate(
        kind=row.kind,
        source=row.source,
        number=row.number,
        version=row.version,
        revision=row.revision,
        state=bodies.opened(row.state_key, row.state_body),
        columns=Columns(
            status=row.status,
            unit=row.unit,
            service=row.service,
            starts=instant(row.starts) if row.starts is not None else None,
            ends=instant(row.ends) if row.ends is not None else None,
        ),
        patient_hash=row.patient_hash,
        catalogue_version=row.catalogue_version,
        mapping_version=row.mapping_version,
        accepted_at=instant(row.accepted_at),
    )
