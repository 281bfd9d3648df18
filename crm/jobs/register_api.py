"""The register as this installation may ask it."""

from __future__ import annotations

from crm.settings import Settings
from crm.sources.enhetsregisteret import RegisterApi
from crm.sources.outbound import Outbound


def register_api(settings: Settings) -> RegisterApi | None:
    """The register's API with our name and contact address; None where the program may not call anybody."""
    if settings.offline:
        return None
    return RegisterApi(Outbound(user_agent=f"crm ({settings.contact})"))
