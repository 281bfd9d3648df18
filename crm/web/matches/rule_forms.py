"""Forms about the week's rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import Optional as MayBeEmpty

from crm import clock
from crm.errors import InvalidInput
from crm.partners import queries as partners
from crm.rules.drafts import BOUNDS, PairRuleDraft, WeekRulesDraft, pair_rule_draft
from crm.rules.models import PairKind, WeekRuleSet
from crm.web.forms import CrmForm, options
from crm.web.session import db

PAIR_KINDS: dict[str, LazyString] = {
    PairKind.NEVER: _l("Aldri foreslå"),
    PairKind.MUST: _l("Foreslå hver uke"),
}


class WholeField(IntegerField):
    """A whole number that may be left empty, complained about in plain words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist or not valuelist[0].strip():
            self.data: int | None = None
            return
        try:
            super().process_formdata([valuelist[0].strip()])
        except ValueError as error:
            raise ValueError(gettext("Skriv et helt tall.")) from error


class WeekRulesForm(CrmForm):
    week_size = WholeField(_l("Forslag i uka, høyst"))
    per_need = WholeField(_l("Til hvert behov, høyst"))
    per_company = WholeField(_l("Til hver virksomhet, høyst"))
    sureness = WholeField(_l("Så sikkert må et par være"))
    fewest = WholeField(_l("Uka skal ha minst"))
    partner_share = WholeField(_l("Til én partner, høyst"))
    small_share = WholeField(_l("Til små virksomheter, minst"))
    new_share = WholeField(_l("Til nye virksomheter, minst"))
    control_share = WholeField(_l("Trukket ved loddtrekning"))
    partner_most = WholeField(_l("En vanlig partner, høyst"))
    developer_most = WholeField(_l("En vanlig næringsutvikler, høyst"))
    pair_rest = WholeField(_l("Et par ingen svarte på, hviler"))
    company_rest = WholeField(_l("En virksomhet hviler etter en kobling"))
    partner_rest = WholeField(_l("En partner hviler etter en kobling"))
    version = IntegerField(validators=[MayBeEmpty()])

    @classmethod
    def of(cls, rules: WeekRuleSet | WeekRulesDraft) -> Self:
        """The form, filled from the rules."""
        values = {name: getattr(rules, name) for name in BOUNDS}
        return cls(data=values | {"version": getattr(rules, "version", None)})

    def draft(self) -> WeekRulesDraft:
        """What was typed, as a draft; InvalidInput names the field."""
        return WeekRulesDraft(**{name: self[name].data for name in BOUNDS})


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of the rules: its field, what it is counted in, and what it means."""

    name: str
    unit: LazyString
    hint: LazyString | str = ""


@dataclass(frozen=True, slots=True)
class Group:
    heading: LazyString
    rows: tuple[Row, ...]


_PAIRS, _PERCENT, _WEEKS = _l("forslag"), _l("prosent"), _l("uker")
GROUPS = (
    Group(
        _l("Hvor mange"),
        (
            Row("week_size", _PAIRS, _l("Tomt: så mange som listene gir.")),
            Row("per_need", _PAIRS),
            Row("per_company", _PAIRS, _l("Så mange behov kan samme virksomhet foreslås for.")),
            Row("sureness", _PERCENT, _l("Par som er mindre sikre, blir ikke med.")),
        ),
    ),
    Group(
        _l("Hvem som får plass"),
        (
            Row("partner_share", _PERCENT, _l("Så ingen partner tar hele uka.")),
            Row("fewest", _PAIRS, _l("Blir uka mindre av andelen over, utvides andelen så lite som mulig.")),
            Row("small_share", _PERCENT, _l("Under ti ansatte, eller ukjent antall.")),
            Row("new_share", _PERCENT, _l("Stiftet eller registrert det siste året, ifølge registeret.")),
            Row(
                "control_share",
                _PERCENT,
                _l("Viser om utvelgelsen er bedre enn tilfeldige par. Ingen ser hvilke det er."),
            ),
        ),
    ),
    Group(
        _l("Hva folk rekker, og hvem som får ro"),
        (
            Row("partner_most", _PAIRS, _l("Tomt: uten grense. Unntak står under.")),
            Row("developer_most", _PAIRS, _l("Gjelder virksomheter de har ansvar for. Tomt: uten grense.")),
            Row("pair_rest", _WEEKS, _l("0: kan foreslås igjen uka etter.")),
            Row("company_rest", _WEEKS),
            Row("partner_rest", _WEEKS),
        ),
    ),
)


class PairRuleForm(CrmForm):
    """A pair that must or shall never be suggested."""

    kind = RadioField(_l("Hva skal skje?"), choices=options(PAIR_KINDS), default=PairKind.NEVER.value)
    company = StringField(_l("Virksomhet"))
    side = SelectField(_l("Behov"), validate_choice=False)
    reason = StringField(_l("Hvorfor?"))

    @classmethod
    def of(cls, *, posted: bool = False) -> Self:
        """The form with the open needs, and with the partners for a rule about all of theirs."""
        form: Self = cls.posted() if posted else cls()
        of_partner: dict[str, list[tuple[str, str]]] = {"": [("", gettext("Velg"))]}
        for number, title, partner in partners.open_need_titles(db(), today=clock.today()):
            of_partner.setdefault(partner, []).append((f"need-{number}", title))
        for number, name in partners.partner_names(db()):
            every = gettext("Alle behovene til %(partner)s", partner=name)
            of_partner.setdefault(name, []).append((f"partner-{number}", every))
        form.side.choices = of_partner
        return form

    def draft(self, company_id: int) -> PairRuleDraft:
        need_id, partner_id = parse_side(self.side.data or "")
        return pair_rule_draft(
            self.kind.data or "",
            company_id=company_id,
            reason=self.reason.data or "",
            need_id=need_id,
            partner_id=partner_id,
        )


class NeverForm(CrmForm):
    """«Aldri foreslå», from the card of a suggestion."""

    side = HiddenField()
    never_reason = StringField(_l("Hvorfor?"))
    sides = HiddenField()
    next = HiddenField()

    def draft(self, company_id: int) -> PairRuleDraft:
        if not (self.never_reason.data or "").strip():
            raise InvalidInput("Skriv hvorfor, så den neste forstår regelen.", field="never_reason")
        need_id, partner_id = parse_side(self.side.data or "")
        return pair_rule_draft(
            PairKind.NEVER.value,
            company_id=company_id,
            reason=self.never_reason.data or "",
            need_id=need_id,
            partner_id=partner_id,
        )


def parse_side(typed: str) -> tuple[int | None, int | None]:
    """The need or the partner of «need-12» or «partner-3»; InvalidInput for anything else."""
    kind, _, number = typed.partition("-")
    if kind not in {"need", "partner"} or not number.isdecimal() or len(number) > 9:
        raise InvalidInput("Velg et behov fra listen.", field="side")
    return (int(number), None) if kind == "need" else (None, int(number))
