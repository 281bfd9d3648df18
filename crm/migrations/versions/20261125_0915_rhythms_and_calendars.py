"""rhythms and calendars.

Revision: 2b7f90c41d6e
Follows: 3b7c95d1e0a2
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import crm.storage.columns

revision = "2b7f90c41d6e"
down_revision = "3b7c95d1e0a2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", crm.storage.columns.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(token_hash) <= 64", name=op.f("ck_calendar_feeds_token_hash_length")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_calendar_feeds_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feeds_token_hash")),
        sa.UniqueConstraint("user_id", name=op.f("uq_calendar_feeds_user_id")),
    )
    op.add_column("leads", sa.Column("cadence_days", sa.Integer(), nullable=True))
    op.add_column("leads", sa.Column("contact_due_on", sa.Date(), nullable=True))
    op.create_index("ix_leads_owner_id_contact_due_on", "leads", ["owner_id", "contact_due_on"], unique=False)
