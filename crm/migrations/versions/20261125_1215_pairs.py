"""pairs.

Revision: 8d41b6f0c3a7
Follows: c618cb522b6a
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import crm.storage.columns

revision = "8d41b6f0c3a7"
down_revision = "c618cb522b6a"
branch_labels = None
depends_on = None

_MOMENT = crm.storage.columns.UTCDateTime(timezone=True)


def upgrade() -> None:
    _pairs("company_pairs", "companies")
    _pairs("contact_pairs", "contacts")
    op.create_table(
        "pair_searches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("finished_at", _MOMENT, nullable=True),
        sa.Column("companies", sa.Integer(), nullable=False),
        sa.Column("contacts", sa.Integer(), nullable=False),
        sa.Column("company_pairs", sa.Integer(), nullable=False),
        sa.Column("contact_pairs", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pair_searches")),
    )
    op.create_index(op.f("ix_pair_searches_started_at"), "pair_searches", ["started_at"], unique=False)


def _pairs(table: str, of: str) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("apart_at", _MOMENT, nullable=True),
        sa.Column("apart_by_id", sa.Integer(), nullable=True),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("first_id < second_id", name=op.f(f"ck_{table}_in_order")),
        sa.ForeignKeyConstraint(
            ["apart_by_id"], ["users.id"], name=op.f(f"fk_{table}_apart_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["first_id"], [f"{of}.id"], name=op.f(f"fk_{table}_first_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], [f"{of}.id"], name=op.f(f"fk_{table}_second_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("first_id", "second_id", name=op.f(f"uq_{table}_first_id_second_id")),
    )
    op.create_index(f"ix_{table}_apart_at_points", table, ["apart_at", "points"], unique=False)
    op.create_index(op.f(f"ix_{table}_second_id"), table, ["second_id"], unique=False)
