"""own fields.

Revision: b753a7f75b73
Follows: d7a05f3c2e91
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import crm.storage.columns

revision = "b753a7f75b73"
down_revision = "d7a05f3c2e91"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "own_fields",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "subject",
            sa.Enum(
                "company",
                "contact",
                "need",
                name="subject",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("help", sa.String(length=300), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "text",
                "number",
                "date",
                "choice",
                name="fieldkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("matching", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", crm.storage.columns.UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", crm.storage.columns.UTCDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(code) <= 40", name=op.f("ck_own_fields_code_length")),
        sa.CheckConstraint("length(help) <= 300", name=op.f("ck_own_fields_help_length")),
        sa.CheckConstraint("length(name) <= 60", name=op.f("ck_own_fields_name_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_fields")),
        sa.UniqueConstraint("subject", "code", name=op.f("uq_own_fields_subject_code")),
    )
    op.create_table(
        "own_values",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("field_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("need_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column(
            "text_key",
            sa.String(length=400).with_variant(sa.String(length=400, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("number", sa.Double(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(CASE WHEN company_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN contact_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN need_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_own_values_one_record"),
        ),
        sa.CheckConstraint("length(text_key) <= 400", name=op.f("ck_own_values_text_key_length")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_own_values_company_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_own_values_contact_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["field_id"], ["own_fields.id"], name=op.f("fk_own_values_field_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_own_values_need_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_values")),
        sa.UniqueConstraint("company_id", "field_id", name=op.f("uq_own_values_company_id_field_id")),
        sa.UniqueConstraint("contact_id", "field_id", name=op.f("uq_own_values_contact_id_field_id")),
        sa.UniqueConstraint("need_id", "field_id", name=op.f("uq_own_values_need_id_field_id")),
    )
    with op.batch_alter_table("own_values", schema=None) as batch_op:
        batch_op.create_index("ix_own_values_field_id_day", ["field_id", "day"], unique=False)
        batch_op.create_index("ix_own_values_field_id_number", ["field_id", "number"], unique=False)
        batch_op.create_index("ix_own_values_field_id_text_key", ["field_id", "text_key"], unique=False)
