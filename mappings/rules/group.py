"""Group visits (domain 3, GR): one booking per patient, known by the group's number."""

from __future__ import annotations

from collections.abc import Iterator

from mappings.region.booking import GROUPS, Booking
from mappings.rules.rulebook import Facts, Fault, rule

ON = (Booking,)


@rule("GR-1", on=ON)
def group_visit_names_its_group(facts: Facts[Booking]) -> Iterator[Fault]:
    booking = facts.message
    if booking.form in GROUPS and booking.group is None:
        yield Fault(
            "/group",
            "Ett gruppbesök hör till en grupp, som ska vara skapad innan: sänd group med gruppens id och antalet "
            "patienter.",
            "A group visit belongs to a group, which must have been made before: send group with its id and the "
            "number of patients.",
        )
    elif booking.form in GROUPS and booking.group and booking.group.patients < 2:
        yield Fault(
            "/group/patients",
            "I ett gruppbesök möter fler än en patient personalen: sänd antalet, eller form single.",
            "In a group visit more than one patient meets the staff: send their number, or form single.",
        )
    elif booking.form not in GROUPS and booking.group is not None:
        yield Fault(
            "/group",
            "Bara ett gruppbesök hör till en grupp: sänd form group eller groupTeam, eller ta bort group.",
            "Only a group visit belongs to a group: send form group or groupTeam, or take group away.",
        )
