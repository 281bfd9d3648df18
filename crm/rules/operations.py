"""Acts on the week's rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from crm.errors import Conflict, InvalidInput, NotFound, said
from crm.history import operations as history
from crm.history.models import Entry
from crm.rules import queries
from crm.rules.drafts import MOST, PairRuleDraft, WeekRulesDraft, check
from crm.rules.models import PairKind, PairRule, WeekCapacity, WeekRuleSet

_TAKEN = {
    PairKind.NEVER: said("Paret har alt en regel om at det aldri skal foreslås. Fjern den først."),
    PairKind.MUST: said("Paret har alt en regel om at det skal foreslås. Fjern den først."),
}
_LEAST_WEIGHT, _LARGEST_WEIGHT = 0, 300


def set_rules(
    session: Session, actor_id: int, draft: WeekRulesDraft, *, seen: int | None, now: datetime
) -> WeekRuleSet:
    """Let every week from now on keep to these rules; Conflict when somebody changed them meanwhile."""
    rules = _ours(session)
    rules.refuse_if_overtaken(seen if rules.id else None)
    for name, value in asdict(draft).items():
        setattr(rules, name, value)
    return _signed(session, actor_id, rules, "rules:set", now=now)


def set_weights(session: Session, actor_id: int, weights: Mapping[str, int], *, now: datetime) -> WeekRuleSet:
    """Let signals count more or less from now on, in percent of their usual weight."""
    for name, percent in weights.items():
        if not _LEAST_WEIGHT <= percent <= _LARGEST_WEIGHT:
            raise InvalidInput(
                "Skriv et helt tall fra %(low)s til %(high)s.",
                field=name,
                low=_LEAST_WEIGHT,
                high=_LARGEST_WEIGHT,
            )
    rules = _ours(session)
    rules.weights = {name: percent for name, percent in sorted(weights.items()) if percent != 100}
    return _signed(session, actor_id, rules, "rules:weights", now=now)


def _ours(session: Session) -> WeekRuleSet:
    found = queries.rule_set(session)
    if found is None:
        found = WeekRuleSet(**asdict(WeekRulesDraft()), weights={})
        session.add(found)
    return found


def _signed(
    session: Session, actor_id: int, rules: WeekRuleSet, action: str, *, now: datetime
) -> WeekRuleSet:
    changes = history.pending_changes(rules)
    rules.changed_at, rules.changed_by_id = now, actor_id
    history.record(session, actor_id, action, subject=rules, changes=changes)
    return rules


def set_capacity(
    session: Session,
    actor_id: int,
    most: int | None,
    *,
    partner_id: int | None = None,
    user_id: int | None = None,
) -> None:
    """Give a partner or a developer a limit of their own; None takes it away."""
    check(most, MOST, field="most")
    found = queries.capacity_of(session, partner_id=partner_id, user_id=user_id)
    if (found.most if found else None) == most:
        return
    if most is None:
        _remove(session, actor_id, found)
        return
    if found is None:
        found = WeekCapacity(partner_id=partner_id, user_id=user_id, most=most)
        session.add(found)
    found.most = most
    history.record(session, actor_id, "capacity:set", subject=found)


def _remove(session: Session, actor_id: int, found: WeekCapacity | None) -> None:
    if found is not None:
        told: dict[str, object] = {"most": [found.most, None]}
        history.record(session, actor_id, "capacity:remove", subject=found, changes=told)
        session.delete(found)


def add_pair_rule(session: Session, actor_id: int, draft: PairRuleDraft, *, now: datetime) -> PairRule:
    """Rule that a company must or shall never be suggested; Conflict where the pair has a rule."""
    known = queries.find_pair_rule(
        session, draft.company_id, need_id=draft.need_id, partner_id=draft.partner_id
    )
    if known is not None:
        raise Conflict(_TAKEN[known.kind])
    rule = PairRule(**asdict(draft), created_by_id=actor_id, created_at=now)
    session.add(rule)
    history.record(session, actor_id, "pair:rule", subject=rule)
    return rule


def remove_pair_rule(session: Session, actor_id: int, rule: PairRule) -> Entry:
    """Let a pair be suggested as any other."""
    sides = {"need_id": rule.need_id, "partner_id": rule.partner_id, "company_id": rule.company_id}
    changes: dict[str, object] = {name: [number, None] for name, number in sides.items() if number}
    changes |= {"kind": [rule.kind.value, None], "reason": [rule.reason, None]}
    entry = history.record(session, actor_id, "pair:unrule", subject=rule, changes=changes)
    session.delete(rule)
    session.flush()
    return entry


def restore_pair_rule(session: Session, actor_id: int, entry_id: int, *, now: datetime) -> PairRule:
    """Bring back a rule about a pair; NotFound where the trail has no such removal."""
    entry = session.get(Entry, entry_id)
    if entry is None or entry.action != "pair:unrule":
        raise NotFound("Fant ikke regelen som skulle hentes tilbake.")
    kept = {name: change[0] for name, change in entry.changes.items()}
    return add_pair_rule(session, actor_id, PairRuleDraft(**kept | {"kind": PairKind(kept["kind"])}), now=now)
