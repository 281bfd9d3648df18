"""outbox.

Revision: 69f7f042d96e
Follows: dcfeaecebde6
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import crm.storage.columns

revision = "69f7f042d96e"
down_revision = "dcfeaecebde6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "digest",
                "invitation",
                "mention",
                "notice",
                "reset",
                "test",
                name="mailkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "dropped",
                "given_up",
                "sent",
                "waiting",
                name="mailstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("doubtful", sa.Integer(), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("claimed_until", crm.storage.columns.UTCDateTime(timezone=True), nullable=True),
        sa.Column("next_at", crm.storage.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("drop_after", crm.storage.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.String(length=300), nullable=False),
        sa.Column("created_at", crm.storage.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("settled_at", crm.storage.columns.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint('length("key") <= 120', name=op.f("ck_mails_key_length")),
        sa.CheckConstraint("length(detail) <= 300", name=op.f("ck_mails_detail_length")),
        sa.CheckConstraint("length(reason) <= 40", name=op.f("ck_mails_reason_length")),
        sa.CheckConstraint("length(recipient) <= 300", name=op.f("ck_mails_recipient_length")),
        sa.CheckConstraint("length(seed) <= 64", name=op.f("ck_mails_seed_length")),
        sa.CheckConstraint("length(subject) <= 300", name=op.f("ck_mails_subject_length")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_mails_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
        sa.UniqueConstraint("key", name=op.f("uq_mails_key")),
    )
    with op.batch_alter_table("mails", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mails_created_at"), ["created_at"], unique=False)
        batch_op.create_index("ix_mails_state_next_at", ["state", "next_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_mails_user_id"), ["user_id"], unique=False)

    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "weekly_mail",
                sa.Enum(
                    "counts",
                    "names",
                    "off",
                    name="weeklymail",
                    native_enum=False,
                    create_constraint=True,
                    length=40,
                ),
                server_default="counts",
                nullable=False,
            )
        )
