"""register events.

Revision: 81c2e90d4f57
Follows: 8f0b6c3d51aa
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import crm.storage.columns

revision = "81c2e90d4f57"
down_revision = "8f0b6c3d51aa"
branch_labels = None
depends_on = None

NEWS = (
    "new_name",
    "moved_in",
    "moved_out",
    "moved_elsewhere",
    "moved_within",
    "new_industry",
    "staff_doubled",
    "staff_halved",
    "new_home_page",
    "accounts_missing",
    "winding_up",
    "forced_dissolution",
    "bankrupt",
    "recovered",
    "dissolved",
    "removed",
)


def upgrade() -> None:
    op.create_table(
        "register_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column(
            "news",
            sa.Enum(*NEWS, name="news", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("before", sa.String(length=300), nullable=False),
        sa.Column("after", sa.String(length=300), nullable=False),
        sa.Column("created_at", crm.storage.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("settled_at", crm.storage.columns.UTCDateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("follow_up_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(before) <= 300", name=op.f("ck_register_events_before_length")),
        sa.CheckConstraint("length(after) <= 300", name=op.f("ck_register_events_after_length")),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["companies.id"],
            name=op.f("fk_register_events_company_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"],
            ["users.id"],
            name=op.f("fk_register_events_settled_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["follow_up_id"],
            ["follow_ups.id"],
            name=op.f("fk_register_events_follow_up_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_events")),
        sa.UniqueConstraint(
            "company_id",
            "news",
            "happened_on",
            "before",
            "after",
            name=op.f("uq_register_events_company_id_news_happened_on_before_after"),
        ),
    )
    op.create_index(
        "ix_register_events_settled_at_happened_on", "register_events", ["settled_at", "happened_on"]
    )
