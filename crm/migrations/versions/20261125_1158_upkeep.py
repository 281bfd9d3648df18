"""upkeep.

Revision: 5e0c7a91b4d3
Follows: 3f0c9a51d7e2
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm.storage.columns import UTCDateTime

revision = "5e0c7a91b4d3"
down_revision = "3f0c9a51d7e2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "processes",
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column(
            "duty",
            sa.Enum("web", "worker", name="duty", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("started_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("seen_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("swept_at", UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(name) <= 120", name="name_length"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_processes")),
    )
    op.create_table(
        "backups",
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "running",
                "done",
                "failed",
                name="backupstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("started_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("file", sa.String(300), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.CheckConstraint("length(file) <= 300", name="file_length"),
        sa.CheckConstraint("length(hash) <= 64", name="hash_length"),
        sa.PrimaryKeyConstraint("night", name=op.f("pk_backups")),
    )
