"""The patient alone (*patientkort*): what a source says of her, without a booking to say it in."""

from __future__ import annotations

from mappings.region.field import CARE, EVERYONE, Regional, shown
from mappings.region.people import Patient
from mappings.region.values import SourceKey


class PatientCard(Regional):
    """A patient as her source knows her. Once it has sent one, its bookings only refer to her."""

    source: SourceKey = shown(EVERYONE)
    id: SourceKey = shown(EVERYONE)
    """The source's own id of the card; it stands in URLs, so that it is no number of a person."""
    version: int = shown(CARE, ge=0, le=2**63 - 1)
    patient: Patient = shown(EVERYONE, personal=True)
