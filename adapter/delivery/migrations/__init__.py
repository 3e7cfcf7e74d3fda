"""The tables' history. `upgrade` brings a database to the newest; each file in `versions` is one step and never
changes afterwards."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config


def configuration(connection: sa.Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(connection: sa.Connection) -> None:
    """In the caller's transaction: a step that breaks leaves the database as it was. A database newer than this gateway
    is refused by alembic."""
    command.upgrade(configuration(connection), "head")
