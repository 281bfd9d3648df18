"""places on the board.

Revision: 8f0b6c3d51aa
Follows: 793dbf560a94
"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from crm.ordering import key_on_top

revision = "8f0b6c3d51aa"
down_revision = "793dbf560a94"
branch_labels = None
depends_on = None

_KEY = sa.String(length=60).with_variant(sa.String(length=60, collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("leads", sa.Column("board_key", _KEY, nullable=True))
    leads = sa.table("leads", sa.column("id"), sa.column("stage_since"), sa.column("board_key"))
    known = op.get_bind().execute(sa.select(leads.c.id, leads.c.stage_since)).all()
    placed = [{"lead": number, "key": key_on_top(_moment(since))} for number, since in known]
    if placed:
        change = sa.update(leads).where(leads.c.id == sa.bindparam("lead"))
        op.get_bind().execute(change.values(board_key=sa.bindparam("key")), placed)
    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.alter_column("board_key", existing_type=_KEY, nullable=False)
        batch_op.create_check_constraint(op.f("ck_leads_board_key_length"), "length(board_key) <= 60")
        batch_op.create_index("ix_leads_stage_board_key", ["stage", "board_key"], unique=False)
        batch_op.drop_index("ix_leads_owner_id_stage")
        batch_op.create_index(
            "ix_leads_owner_id_stage_board_key", ["owner_id", "stage", "board_key"], unique=False
        )


def _moment(stored: datetime | str) -> datetime:
    """A moment as SQLite gives it raw, or as PostgreSQL does."""
    read = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return read if read.tzinfo else read.replace(tzinfo=UTC)
