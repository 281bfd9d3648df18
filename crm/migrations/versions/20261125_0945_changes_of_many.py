"""changes of many.

Revision: 94ce10d7b8f5
Follows: 9d2f7c41b6e8
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import crm.storage.columns

revision = "94ce10d7b8f5"
down_revision = "9d2f7c41b6e8"
branch_labels = None
depends_on = None

_KIND = sa.Enum(
    "owner",
    "stage",
    "add",
    "remove",
    "cadence",
    name="changekind",
    native_enum=False,
    create_constraint=True,
    length=40,
)


def upgrade() -> None:
    op.create_table(
        "bulk_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", crm.storage.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("kind", _KIND, nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("undone_at", crm.storage.columns.UTCDateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(value) <= 200", name=op.f("ck_bulk_changes_value_length")),
        sa.CheckConstraint("length(reason) <= 300", name=op.f("ck_bulk_changes_reason_length")),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["users.id"], name=op.f("fk_bulk_changes_actor_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["users.id"], name=op.f("fk_bulk_changes_undone_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_changes")),
    )
    op.create_index(op.f("ix_bulk_changes_actor_id"), "bulk_changes", ["actor_id"], unique=False)
    op.create_table(
        "bulk_change_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["bulk_changes.id"], name=op.f("fk_bulk_change_rows_change_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_bulk_change_rows_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_change_rows")),
    )
    op.create_index(op.f("ix_bulk_change_rows_change_id"), "bulk_change_rows", ["change_id"], unique=False)
    op.create_index(op.f("ix_bulk_change_rows_company_id"), "bulk_change_rows", ["company_id"], unique=False)
