"""merges.

Revision: 3f0c9a51d7e2
Follows: 69f7f042d96e
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import crm.storage.columns

revision = "3f0c9a51d7e2"
down_revision = "69f7f042d96e"
branch_labels = None
depends_on = None

_KIND = sa.Enum("company", "contact", name="kind", native_enum=False, create_constraint=True, length=40)
_MOMENT = crm.storage.columns.UTCDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "merges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", _KIND, nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("lost_id", sa.Integer(), nullable=False),
        sa.Column("kept_name", sa.String(length=300), nullable=False),
        sa.Column("lost_name", sa.String(length=300), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("undone_at", _MOMENT, nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(company_id IS NULL) <> (contact_id IS NULL)", name=op.f("ck_merges_one_kept")),
        sa.CheckConstraint("length(kept_name) <= 300", name=op.f("ck_merges_kept_name_length")),
        sa.CheckConstraint("length(lost_name) <= 300", name=op.f("ck_merges_lost_name_length")),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["users.id"], name=op.f("fk_merges_actor_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_merges_company_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_merges_contact_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["users.id"], name=op.f("fk_merges_undone_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
    )
    op.create_index(op.f("ix_merges_actor_id"), "merges", ["actor_id"], unique=False)
    op.create_index(op.f("ix_merges_company_id"), "merges", ["company_id"], unique=False)
    op.create_index(op.f("ix_merges_contact_id"), "merges", ["contact_id"], unique=False)
    op.create_index("ix_merges_kind_lost_id", "merges", ["kind", "lost_id"], unique=False)
