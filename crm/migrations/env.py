"""Where Alembic meets our tables; the connection is handed in by crm.storage.schema."""

from __future__ import annotations

from alembic import context

import crm.accounts.models
import crm.activities.models
import crm.campaigns.models
import crm.changes.models
import crm.codes.models
import crm.companies.models
import crm.consents.models
import crm.contacts.models
import crm.events.models
import crm.fields.models
import crm.history.models
import crm.mail.models
import crm.matches.models
import crm.partners.models
import crm.privacy.models
import crm.prospects.models
import crm.registry.models
import crm.rules.models
import crm.saved.models
import crm.segments.models
import crm.trials.models
import crm.upkeep.models  # noqa: F401
from crm.storage import schema
from crm.storage.base import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    compare_type=True,
    include_name=schema.in_models,
    include_schemas=True,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
