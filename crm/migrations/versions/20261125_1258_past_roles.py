"""past roles.

Revision: c2e95d1074fb
Follows: 7a1d5e90c3b8
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "c2e95d1074fb"
down_revision = "7a1d5e90c3b8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("company_roles", sa.Column("began_on", sa.Date(), nullable=True))
    op.create_table(
        "past_roles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.CheckConstraint("length(title) <= 200", name=op.f("ck_past_roles_title_length")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_past_roles_company_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_past_roles_contact_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_roles")),
    )
    op.create_index(op.f("ix_past_roles_company_id"), "past_roles", ["company_id"], unique=False)
    op.create_index(op.f("ix_past_roles_contact_id"), "past_roles", ["contact_id"], unique=False)
