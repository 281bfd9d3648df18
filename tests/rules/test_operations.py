"""The week's rules: set with a trail, refused where they cannot be, and never dropped in silence."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.errors import Conflict, InvalidInput, NotFound
from crm.history.models import Entry
from crm.rules import operations, queries
from crm.rules.drafts import WeekRulesDraft, pair_rule_draft
from crm.rules.models import PairKind, PairRule
from tests.world import NOW, World


def never(world: World, **side: int) -> PairRule | object:
    return pair_rule_draft("never", company_id=world.company.id, reason="De er i tvist.", **side)


def trail(session: Session) -> list[tuple[str, dict[str, object]]]:
    return [(entry.action, entry.changes) for entry in session.scalars(select(Entry).order_by(Entry.id))]


def test_rules_are_the_usual_ones_until_somebody_sets_them(session: Session, world: World):
    assert queries.rule_set(session) is None
    operations.set_rules(session, world.developer.id, WeekRulesDraft(per_need=3), seen=None, now=NOW)
    rules = queries.rule_set(session)
    assert rules is not None
    assert (rules.per_need, rules.partner_share, rules.changed_by) == (3, 25, world.developer)


def test_a_change_leaves_what_it_was_and_what_it_became(session: Session, world: World):
    for size in (3, 4):
        operations.set_rules(session, world.developer.id, WeekRulesDraft(per_need=size), seen=None, now=NOW)
    assert trail(session)[-1] == ("rules:set", {"per_need": [3, 4]})


def test_the_second_of_two_who_change_the_rules_is_told(session: Session, world: World):
    rules = operations.set_rules(session, world.developer.id, WeekRulesDraft(), seen=None, now=NOW)
    session.flush()
    seen = rules.version
    operations.set_rules(session, world.developer.id, WeekRulesDraft(per_need=3), seen=seen, now=NOW)
    session.flush()
    with pytest.raises(Conflict):
        operations.set_rules(session, world.reader.id, WeekRulesDraft(per_need=4), seen=seen, now=NOW)


@pytest.mark.parametrize(
    ("name", "value"),
    [("per_need", 0), ("partner_share", 4), ("small_share", 101), ("week_size", 0), ("per_company", None)],
)
def test_figures_out_of_bounds_are_refused_by_name(name: str, value: int | None):
    with pytest.raises(InvalidInput) as told:
        WeekRulesDraft(**{name: value})
    assert told.value.field == name


def test_slots_cannot_be_more_than_the_week():
    with pytest.raises(InvalidInput, match="110 prosent"):
        WeekRulesDraft(small_share=60, new_share=40, control_share=10)


def test_a_partner_and_a_developer_may_have_limits_of_their_own(session: Session, world: World):
    operations.set_capacity(session, world.developer.id, 2, partner_id=world.partner.id)
    operations.set_capacity(session, world.developer.id, 7, user_id=world.developer.id)
    operations.set_capacity(session, world.developer.id, 8, user_id=world.developer.id)
    limits = queries.capacities(session)
    assert (limits.partners, limits.developers) == ({world.partner.id: 2}, {world.developer.id: 8})
    operations.set_capacity(session, world.developer.id, None, partner_id=world.partner.id)
    session.flush()
    assert queries.capacities(session).partners == {}
    assert [action for action, _ in trail(session)][-4:] == ["capacity:set"] * 3 + ["capacity:remove"]


def test_never_for_a_partner_is_never_for_each_of_its_needs(session: Session, world: World):
    operations.add_pair_rule(session, world.developer.id, never(world, partner_id=world.partner.id), now=NOW)
    assert queries.pairs(session, PairKind.NEVER) == {(world.need.id, world.company.id)}
    assert queries.pairs(session, PairKind.MUST) == set()


def test_a_pair_has_one_rule(session: Session, world: World):
    draft = never(world, need_id=world.need.id)
    operations.add_pair_rule(session, world.developer.id, draft, now=NOW)
    with pytest.raises(Conflict, match="aldri skal foreslås"):
        operations.add_pair_rule(session, world.developer.id, draft, now=NOW)


def test_a_removed_rule_can_be_brought_back(session: Session, world: World):
    draft = never(world, need_id=world.need.id)
    rule = operations.add_pair_rule(session, world.developer.id, draft, now=NOW)
    entry = operations.remove_pair_rule(session, world.developer.id, rule)
    assert queries.pairs(session, PairKind.NEVER) == set()
    back = operations.restore_pair_rule(session, world.developer.id, entry.id, now=NOW)
    assert (back.reason, back.need_id) == ("De er i tvist.", world.need.id)
    with pytest.raises(NotFound):
        operations.restore_pair_rule(session, world.developer.id, 10**6, now=NOW)


def test_a_rule_says_why_and_for_whom():
    with pytest.raises(InvalidInput) as told:
        pair_rule_draft("never", company_id=1, reason=" ", need_id=1)
    assert told.value.field == "reason"
    with pytest.raises(InvalidInput):
        pair_rule_draft("must", company_id=1, reason="Avtalt", partner_id=1)
    with pytest.raises(InvalidInput):
        pair_rule_draft("never", company_id=1, reason="Avtalt")


def test_weights_that_are_as_usual_are_not_kept(session: Session, world: World):
    rules = operations.set_weights(session, world.developer.id, {"text": 150, "place": 100}, now=NOW)
    assert rules.weights == {"text": 150}
    with pytest.raises(InvalidInput):
        operations.set_weights(session, world.developer.id, {"text": -1}, now=NOW)
