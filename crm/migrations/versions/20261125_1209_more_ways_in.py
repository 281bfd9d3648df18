"""more ways in.

Revision: c618cb522b6a
Follows: e4b8c02d6f57
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import crm.storage.columns

revision = "c618cb522b6a"
down_revision = "e4b8c02d6f57"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_windows",
        sa.Column("who", sa.String(length=100), nullable=False),
        sa.Column("minute", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(who) <= 100", name=op.f("ck_api_windows_who_length")),
        sa.PrimaryKeyConstraint("who", name=op.f("pk_api_windows")),
    )
    op.create_table(
        "identities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("created_at", crm.storage.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", crm.storage.columns.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(issuer) <= 300", name=op.f("ck_identities_issuer_length")),
        sa.CheckConstraint("length(subject) <= 300", name=op.f("ck_identities_subject_length")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_identities_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identities")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_identities_issuer_subject")),
    )
    with op.batch_alter_table("identities", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_identities_user_id"), ["user_id"], unique=False)

    op.create_table(
        "passkeys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.String(length=1400), nullable=False),
        sa.Column("public_key", sa.String(length=2800), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", crm.storage.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", crm.storage.columns.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(credential_id) <= 1400", name=op.f("ck_passkeys_credential_id_length")),
        sa.CheckConstraint("length(name) <= 200", name=op.f("ck_passkeys_name_length")),
        sa.CheckConstraint("length(public_key) <= 2800", name=op.f("ck_passkeys_public_key_length")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_passkeys_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkeys_credential_id")),
    )
    with op.batch_alter_table("passkeys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passkeys_user_id"), ["user_id"], unique=False)

    op.create_table(
        "sign_in_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "openid",
                "passkey",
                "passkey_new",
                name="attemptpurpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", crm.storage.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("used_at", crm.storage.columns.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(seed) <= 64", name=op.f("ck_sign_in_attempts_seed_length")),
        sa.CheckConstraint("length(token_hash) <= 64", name=op.f("ck_sign_in_attempts_token_hash_length")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_sign_in_attempts_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempts")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_attempts_token_hash")),
    )
    with op.batch_alter_table("sign_in_attempts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_attempts_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_attempts_user_id"), ["user_id"], unique=False)
