"""parts of a score.

Revision: 3b7c95d1e0a2
Follows: e68b6a2dc1c8
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "3b7c95d1e0a2"
down_revision = "e68b6a2dc1c8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("suggestions", sa.Column("parts", sa.JSON(), nullable=False, server_default="{}"))
