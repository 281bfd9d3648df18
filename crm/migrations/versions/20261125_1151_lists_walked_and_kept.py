"""lists walked and kept.

Revision: 61c5278940b8
Follows: 5e0c7a91b4d3
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import crm.storage.columns

revision = "61c5278940b8"
down_revision = "5e0c7a91b4d3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "name_key",
            sa.String(length=400).with_variant(sa.String(length=400, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("purpose", sa.String(length=300), nullable=False),
        sa.Column("closed_at", crm.storage.columns.UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", crm.storage.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(name) <= 200", name=op.f("ck_campaigns_name_length")),
        sa.CheckConstraint("length(name_key) <= 400", name=op.f("ck_campaigns_name_key_length")),
        sa.CheckConstraint("length(purpose) <= 300", name=op.f("ck_campaigns_purpose_length")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_campaigns_owner_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
    )
    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_campaigns_name_key"), ["name_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_campaigns_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "campaign_companies",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.id"],
            name=op.f("fk_campaign_companies_campaign_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["companies.id"],
            name=op.f("fk_campaign_companies_company_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("campaign_id", "company_id", name=op.f("pk_campaign_companies")),
    )
    with op.batch_alter_table("campaign_companies", schema=None) as batch_op:
        batch_op.create_index(
            "ix_campaign_companies_company_id_campaign_id", ["company_id", "campaign_id"], unique=False
        )

    with op.batch_alter_table("companies", schema=None) as batch_op:
        batch_op.create_index("ix_companies_created_at", ["created_at"], unique=False)
        batch_op.create_index("ix_companies_employees_sort_key", ["employees", "sort_key"], unique=False)
        batch_op.create_index("ix_companies_industry", ["industry"], unique=False)
        batch_op.create_index(
            "ix_companies_municipality_sort_key", ["municipality", "sort_key"], unique=False
        )

    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.create_index("ix_leads_created_at", ["created_at"], unique=False)
        batch_op.create_index("ix_leads_last_contact_at", ["last_contact_at"], unique=False)
        batch_op.create_index(
            "ix_leads_owner_id_last_contact_at", ["owner_id", "last_contact_at"], unique=False
        )
        batch_op.create_index("ix_leads_source", ["source"], unique=False)
        batch_op.create_index("ix_leads_stage_since", ["stage_since"], unique=False)
