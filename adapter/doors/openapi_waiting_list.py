"""The contract of the waiting list's door."""

from __future__ import annotations

from adapter.doors.openapi import CHANGES, STRANGER, UNREADABLE, UNTRUE, Responses, found
from adapter.doors.openapi_schemas import body, schema
from mappings.problem import Json

WAITING_LIST: Json = body(
    schema("WaitingListSearch"),
    {"units": ["SE2321000115-E000000000101"], "targetDate": {"from": "2026-11-01", "to": "2027-01-31"}},
    required=False,
)
WAITING_LIST_FOUND: Responses = {
    200: {
        "description": "The rows that this caller may see, page by page, by target date",
        "content": {"application/json": {"schema": schema("WaitingListPage")}},
    },
    **STRANGER,
    **UNREADABLE,
    **UNTRUE,
    400: found("booking")[400],
    403: CHANGES[403] | {"description": "The waiting list is for care staff, source systems and operators"},
}
