"""register feeds, and what the register says of endings and former names.

Revision: 5d1c0a7be214
Follows: 5c1d2e7a90b4
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import crm.storage.columns

revision = "5d1c0a7be214"
down_revision = "5c1d2e7a90b4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "register_feeds",
        sa.Column("register", sa.String(length=20), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=True),
        sa.Column("since", crm.storage.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("read_at", crm.storage.columns.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(register) <= 20", name=op.f("ck_register_feeds_register_length")),
        sa.PrimaryKeyConstraint("register", name=op.f("pk_register_feeds")),
    )
    op.add_column("units", sa.Column("bankrupt_on", sa.Date(), nullable=True))
    op.add_column("units", sa.Column("winding_up_on", sa.Date(), nullable=True))
    op.add_column("units", sa.Column("former_names", sa.Text(), server_default="", nullable=False))
