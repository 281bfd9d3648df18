"""prospects set aside.

Revision: a3f7d91c6b20
Follows: 2b7f90c41d6e
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import crm.storage.columns

revision = "a3f7d91c6b20"
down_revision = "2b7f90c41d6e"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "prospects_set_aside",
        sa.Column("orgnr", sa.String(length=9), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", crm.storage.columns.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(orgnr) <= 9", name=op.f("ck_prospects_set_aside_orgnr_length")),
        sa.ForeignKeyConstraint(
            ["by_id"], ["users.id"], name=op.f("fk_prospects_set_aside_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("orgnr", name=op.f("pk_prospects_set_aside")),
    )
