"""The waiting list as it is searched, and the times that steps took away."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CODES = (
    *("performing_unit", "care_service", "visit_type", "profession", "contact_type"),
    *("category1", "category2", "team", "priority"),
)
TICKED = ("short_notice", "acute", "summons_changed", "missing_fee")
DATES = ("registered", "waiting_since")


def upgrade() -> None:
    op.add_column("step", sa.Column("lost", sa.BigInteger(), nullable=True))
    op.create_table(
        "listing",
        sa.Column("id", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("together", sa.Text(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=True) for name in CODES),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in (*TICKED, *DATES)),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "source", "number", name="listing_of"),
    )
    op.create_index("listing_in_order", "listing", ["standing", "rank", "id", *DATES, "source"], unique=False)
    for name in DATES:
        op.create_index(f"listing_{name}", "listing", ["standing", name, "rank"], unique=False)
    for name in (*CODES, *TICKED):
        _partial(name, "standing", name, "rank")
    _partial("together", "source", "together")


def _partial(name: str, *columns: str) -> None:
    said = sa.text(f"{name} IS NOT NULL")
    op.create_index(f"listing_{name}", "listing", list(columns), unique=False, sqlite_where=said, postgresql_where=said)
