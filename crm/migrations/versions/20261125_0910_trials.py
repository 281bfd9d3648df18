"""trials.

Revision: 9d2f7c41b6e8
Follows: c40d5b7e9a13
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import crm.storage.columns

revision = "9d2f7c41b6e8"
down_revision = "c40d5b7e9a13"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trials",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "what_if",
                "back_test",
                name="trialkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "running",
                "done",
                "failed",
                name="trialstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("lease_until", crm.storage.columns.UTCDateTime(timezone=True), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", crm.storage.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", crm.storage.columns.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["users.id"], name=op.f("fk_trials_asked_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trials")),
    )
    with op.batch_alter_table("trials", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trials_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_trials_asked_by_id"), ["asked_by_id"], unique=False)
