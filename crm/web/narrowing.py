"""Conditions of a list, as people read them and as they are chosen on the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import LazyString, format_date, gettext
from flask_babel import lazy_gettext as _l

from crm.companies.conditions import FIELDS, OWN_SORTS, Condition, Op, ops_of
from crm.companies.drafts import CompanyFilter
from crm.fields.models import OwnField

LABELS: dict[str, LazyString] = {
    "municipality": _l("Kommune"),
    "nace": _l("Næringskode"),
    "employees": _l("Ansatte"),
    "name": _l("Navn"),
    "stage": _l("Steg"),
    "segment": _l("Satsingsområde"),
    "owner": _l("Ansvarlig"),
    "source": _l("Kilde"),
    "last_contact": _l("Siste kontakt"),
    "next_step": _l("Neste steg"),
    "stage_since": _l("På steget siden"),
    "followed_since": _l("Fulgt siden"),
    "list": _l("Fast liste"),
}
OPS: dict[Op, LazyString] = {
    Op.IS: _l("er"),
    Op.NOT: _l("er ikke"),
    Op.CONTAINS: _l("inneholder"),
    Op.LACKS: _l("inneholder ikke"),
    Op.MIN: _l("er minst"),
    Op.MAX: _l("er høyst"),
    Op.BEFORE: _l("er før"),
    Op.AFTER: _l("er etter"),
    Op.LAST: _l("i løpet av de siste dagene"),
    Op.SILENT: _l("ikke de siste dagene"),
    Op.NEXT: _l("innen så mange dager"),
    Op.EMPTY: _l("er tomt"),
    Op.FILLED: _l("er fylt inn"),
}
Names = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What can be asked of a field: its name, the ways to ask, and what can be chosen, if anything."""

    field: str
    label: str
    ops: tuple[tuple[str, str], ...]
    choices: tuple[tuple[str, str], ...] | None
    days: bool
    day: bool


def asked(field: str, names: Names, own: OwnField | None = None) -> Asked:
    """How the page asks about a field."""
    if own is not None:
        ops = (*OWN_SORTS[own.kind], Op.FILLED, Op.EMPTY)
        choices = {one: one for one in own.choices} if own.choices else None
        label = own.name
    else:
        sort, may_be_empty = FIELDS[field]
        ops = ops_of(sort, may_be_empty=may_be_empty)
        choices, label = dict(names[field]) if field in names else None, str(LABELS[field])
    return Asked(
        field=field,
        label=label,
        ops=tuple((op.value, str(OPS[op])) for op in ops),
        choices=tuple(choices.items()) if choices is not None else None,
        days=bool({Op.LAST, Op.SILENT, Op.NEXT} & set(ops)),
        day=Op.BEFORE in ops,
    )


def sentence(wanted: CompanyFilter, names: Names, own: Mapping[str, str]) -> str:
    """The conditions as one phrase: each after the other, or where one is enough, that it is."""
    said = [phrase(one, names, own) for one in wanted.where]
    if not said:
        return ""
    if wanted.any_of:
        either = gettext("ELLER")
        return str(gettext("der minst ett stemmer: %(said)s", said=f" {either} ".join(said)))
    both = gettext("OG")
    return str(gettext("der %(said)s", said=f" {both} ".join(said)))


def phrase(one: Condition, names: Names, own: Mapping[str, str]) -> str:
    """One condition, «Kommune er Elverum ELLER Åmot»."""
    label = own.get(one.field, one.code) if one.is_own else str(LABELS[one.field])
    if one.field == "last_contact" and one.op in {Op.SILENT, Op.LAST}:
        silent = one.op is Op.SILENT
        said = (
            gettext("ingen kontakt siste %(days)s dager", days=one.days)
            if silent
            else gettext("kontakt siste %(days)s dager", days=one.days)
        )
        return str(said)
    said = _told(one, label)
    if said:
        return said
    named, either = names.get(one.field, {}), gettext("ELLER")
    values = f" {either} ".join(_value(one.op, named.get(value, value)) for value in one.values)
    return f"{label} {OPS[one.op]} {values}".strip()


def _told(one: Condition, label: str) -> str:
    """A condition about so many days; empty for any other."""
    if one.op is Op.LAST:
        return str(gettext("%(field)s siste %(days)s dager", field=label, days=one.days))
    if one.op is Op.SILENT:
        return str(gettext("%(field)s ikke siste %(days)s dager", field=label, days=one.days))
    if one.op is Op.NEXT:
        return str(gettext("%(field)s innen %(days)s dager", field=label, days=one.days))
    return ""


def _value(op: Op, value: str) -> str:
    """A value as it is read: days as Norwegians write them, texts in quotes."""
    if op in {Op.BEFORE, Op.AFTER}:
        return str(format_date(date.fromisoformat(value), "d. MMM y"))
    return f"«{value}»" if op in {Op.CONTAINS, Op.LACKS} else value
