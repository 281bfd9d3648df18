"""What the kinds of contact are called, in bokmål; entrances translate."""

from __future__ import annotations

from crm.activities.models import Kind
from crm.errors import said

KINDS: dict[Kind, str] = {
    Kind.CALL: said("Rørløft"),
    Kind.MEETING: said("Møte"),
    Kind.VISIT: said("Besøk"),
    Kind.EMAIL: said("E-post"),
    Kind.EVENT: said("Arrangement"),
    Kind.NOTE: said("Notat"),
}
