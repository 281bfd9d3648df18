"""What the stages of a lead are called, in bokmål; entrances translate."""

from __future__ import annotations

from crm.companies.models import Stage
from crm.errors import said

STAGES: dict[Stage, str] = {
    Stage.IDENTIFIED: said("Identifisert"),
    Stage.CONTACTED: said("Kontaktet"),
    Stage.MEETING: said("Møte"),
    Stage.VISIT: said("Besøk"),
    Stage.CONCRETE_INTEREST: said("Konkret interesse"),
    Stage.ESTABLISHING: said("Etablerer seg"),
    Stage.ESTABLISHED: said("Etablert"),
    Stage.PARKED: said("Parkert"),
    Stage.LOST: said("Tapt"),
}
