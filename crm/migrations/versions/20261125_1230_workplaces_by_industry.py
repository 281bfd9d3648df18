"""workplaces by industry, where the mirror's tables are made by migrations.

Revision: 7a1d5e90c3b8
Follows: 8a41d7c3e652
"""

from __future__ import annotations

from alembic import op

revision = "7a1d5e90c3b8"
down_revision = "8a41d7c3e652"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.create_index(
            "ix_sub_units_industry_municipality_no",
            "sub_units",
            ["industry", "municipality_no"],
            schema="register",
        )
