"""searches for one need.

Revision: 5c1f0e7d9a42
Follows: a3f7d91c6b20
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "5c1f0e7d9a42"
down_revision = "a3f7d91c6b20"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("match_runs", schema=None) as batch_op:
        batch_op.drop_constraint("uq_match_runs_week", type_="unique")
        batch_op.add_column(sa.Column("need_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_match_runs_need_id"), "needs", ["need_id"], ["id"], ondelete="CASCADE"
        )
        batch_op.create_index(batch_op.f("ix_match_runs_need_id"), ["need_id"], unique=False)
        batch_op.create_index(
            "uq_match_runs_week_of_round",
            ["week"],
            unique=True,
            sqlite_where=sa.text("need_id IS NULL"),
            postgresql_where=sa.text("need_id IS NULL"),
        )
