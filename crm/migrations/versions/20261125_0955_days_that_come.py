"""days that come.

Revision: d7a05f3c2e91
Follows: 94ce10d7b8f5
"""

from __future__ import annotations

from alembic import op

revision = "d7a05f3c2e91"
down_revision = "94ce10d7b8f5"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_leads_wake_on", "leads", ["wake_on"], unique=False)
    op.create_index("ix_leads_contact_due_on", "leads", ["contact_due_on"], unique=False)
    op.create_index("ix_follow_ups_done_at_due_on", "follow_ups", ["done_at", "due_on"], unique=False)
