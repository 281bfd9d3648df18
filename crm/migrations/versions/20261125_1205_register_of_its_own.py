"""the register's mirror in a database of its own.

Revision: e4b8c02d6f57
Follows: 61c5278940b8

On SQLite the mirror is a file beside ours, whose tables are made from the models; the rows were copied there
before this runs. On PostgreSQL it is a schema of its own, and the tables are moved with all they have.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import crm.storage.columns

revision = "e4b8c02d6f57"
down_revision = "61c5278940b8"
branch_labels = None
depends_on = None

_MOVED = ("units", "sub_units", "register_feeds")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _drop_what_was_copied()
    else:
        _move_on_postgresql()


def _drop_what_was_copied() -> None:
    bind = op.get_bind()
    for name in _MOVED:
        ours, theirs = (
            bind.exec_driver_sql(f"SELECT count(*) FROM {schema}.{name}").scalar_one()  # noqa: S608
            for schema in ("main", "register")
        )
        if ours > theirs:
            raise RuntimeError(f"{name} has not been copied: {ours} rows here, {theirs} there")
    for name in ("find_units", "find_unit_words", *_MOVED):
        op.execute(f"DROP TABLE main.{name}")


def _move_on_postgresql() -> None:
    op.execute("CREATE SCHEMA register")
    for name in _MOVED:
        op.execute(f"ALTER TABLE {name} SET SCHEMA register")
    op.create_table(
        "tidings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("load_id", sa.Integer(), nullable=True),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("at", crm.storage.columns.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tidings")),
        schema="register",
    )
