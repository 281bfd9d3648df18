"""Tokens for programs, what a session is told by, and second factors.

Revision: 6092aa84b10f
Follows: 5d1c0a7be214
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import crm.storage.columns

revision = "6092aa84b10f"
down_revision = "5d1c0a7be214"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_creations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("asked_hash", sa.String(length=64), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("created_at", crm.storage.columns.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint('length("key") <= 100', name=op.f("ck_api_creations_key_length")),
        sa.CheckConstraint("length(asked_hash) <= 64", name=op.f("ck_api_creations_asked_hash_length")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_api_creations_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_creations")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_api_creations_user_id_key")),
    )
    with op.batch_alter_table("api_creations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_creations_created_at"), ["created_at"], unique=False)

    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("prefix", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("read_only", sa.Boolean(), nullable=False),
        sa.Column("created_at", crm.storage.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", crm.storage.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", crm.storage.columns.UTCDateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", crm.storage.columns.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(name) <= 200", name=op.f("ck_api_tokens_name_length")),
        sa.CheckConstraint("length(prefix) <= 20", name=op.f("ck_api_tokens_prefix_length")),
        sa.CheckConstraint("length(token_hash) <= 64", name=op.f("ck_api_tokens_token_hash_length")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_api_tokens_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_tokens_token_hash")),
    )
    with op.batch_alter_table("api_tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_tokens_prefix"), ["prefix"], unique=False)
        batch_op.create_index(batch_op.f("ix_api_tokens_user_id"), ["user_id"], unique=False)

    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", crm.storage.columns.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(code_hash) <= 64", name=op.f("ck_recovery_codes_code_hash_length")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_codes_code_hash")),
    )
    with op.batch_alter_table("recovery_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_codes_user_id"), ["user_id"], unique=False)

    op.create_table(
        "second_factors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("created_at", crm.storage.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", crm.storage.columns.UTCDateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("length(seed) <= 64", name=op.f("ck_second_factors_seed_length")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_second_factors_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factors")),
        sa.UniqueConstraint("user_id", name=op.f("uq_second_factors_user_id")),
    )
    with op.batch_alter_table("user_sessions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("seen_at", crm.storage.columns.UTCDateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(
            sa.Column("proved_at", crm.storage.columns.UTCDateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(sa.Column("device", sa.String(length=300), server_default="", nullable=False))
        batch_op.add_column(sa.Column("address", sa.String(length=60), server_default="", nullable=False))
        batch_op.create_check_constraint(op.f("ck_user_sessions_device_length"), "length(device) <= 300")
        batch_op.create_check_constraint(op.f("ck_user_sessions_address_length"), "length(address) <= 60")
