"""The shapes and graphs: which regional model becomes which FHIR resources."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mappings.resources.booking import BOOKING
from mappings.resources.care_event import CARE_EVENT
from mappings.resources.named_contact import NAMED_CONTACT
from mappings.resources.patient import PATIENT_CARD
from mappings.shape.shape import Shape

SHAPES: Mapping[str, Shape] = MappingProxyType(
    {**BOOKING.shapes, **CARE_EVENT.shapes, **NAMED_CONTACT.shapes, **PATIENT_CARD.shapes}
)
"""Every node's shape by name, `booking.visit`."""

__all__ = ["BOOKING", "CARE_EVENT", "NAMED_CONTACT", "SHAPES"]
