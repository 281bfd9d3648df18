from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from crm.matchmaker.profiles import CompanyProfile, NeedProfile, PastVerdict
from crm.matchmaker.ranking.fusion import Fusion
from crm.matchmaker.ranking.learning import Experience, Losses, Replay, experience, learn
from crm.matchmaker.ranking.ranker import Matchmaker
from crm.matchmaker.ranking.readings import Signals

PRIOR = {"text": 2.0, "industry": 6.0, "place": 0.5, "history": 0.8}
TRADES = ("graving", "fysioterapi", "bakeri", "snekker", "regnskap", "vakthold")


def told(count: int, *, truth: tuple[float, ...], noise: float = 0.0, seed: int = 0) -> tuple[Any, Any]:
    """Verdicts by somebody to whom the signals weigh as ``truth`` says, its last figure being the bias."""
    draw = np.random.default_rng(seed)
    signals = draw.uniform(0, 1, size=(count, len(PRIOR)))
    odds = signals @ np.array(truth[:-1]) + truth[-1]
    answers = draw.uniform(size=count) < 1 / (1 + np.exp(-odds))
    return signals, (answers != (draw.uniform(size=count) < noise)).astype(int)


def agreement(fusion: Fusion, signals: Any, answers: Any) -> float:
    """How often a yes stands over a no."""
    scores = fusion.decision_function(signals)
    return float(np.mean(scores[answers == 1][:, None] > scores[answers == 0][None, :]))


def experience_of(signals: Any, answers: Any, *, needs: int = 20) -> Experience:
    keys = np.array([f"n{number % needs}" for number in range(len(answers))])
    return Experience(signals=signals, answers=answers, needs=keys, companies=np.zeros(len(keys), dtype=int))


WORSE = Replay(prior=Losses(0.5, 0.4), shifted=Losses(0.5, 0.4), learned=Losses(0.6, 0.3))
LIKES_TEXT = (9.0, 0.0, 0.5, 0.8, -5.0)


def test_clone_carries_every_setting() -> None:
    fusion = Fusion(PRIOR, -5.0, tau=0.3, bias_tau=1.0, least=9, kept=("place",))
    assert clone(fusion).get_params() == fusion.get_params()


def test_fit_returns_itself_and_scoring_before_it_is_refused() -> None:
    fusion = Fusion(PRIOR, -5.0)
    with pytest.raises(NotFittedError):
        fusion.decision_function(np.zeros((1, 4)))
    assert fusion.fit(*told(40, truth=LIKES_TEXT)) is fusion


def test_no_verdicts_give_the_prior_exactly() -> None:
    fusion = Fusion(PRIOR, -5.0).forget()
    assert (fusion.weights_, fusion.bias_) == (PRIOR, -5.0)


def test_nineteen_verdicts_are_too_few() -> None:
    fusion = Fusion(PRIOR, -5.0).fit(*told(19, truth=LIKES_TEXT))
    assert (fusion.weights_, fusion.bias_) == (PRIOR, -5.0)


@pytest.mark.parametrize("answer", [0, 1])
def test_answers_of_one_kind_keep_the_prior(answer: int) -> None:
    signals, _ = told(60, truth=LIKES_TEXT)
    fusion = Fusion(PRIOR, -5.0)
    outcome = learn(fusion, experience_of(signals, np.full(60, answer)))
    assert (fusion.weights_, fusion.bias_) == (PRIOR, -5.0)
    assert (outcome.why, outcome.admitted, outcome.yes) == ("one_answer", False, 60 * answer)


def test_twenty_noisy_verdicts_leave_the_weights_near_the_prior() -> None:
    for seed in range(20):
        fusion = Fusion(PRIOR, -5.0).fit(*told(20, truth=LIKES_TEXT, noise=0.3, seed=seed))
        assert all(abs(fusion.weights_[name] - prior) < 0.15 * prior for name, prior in PRIOR.items())


def test_two_hundred_consistent_verdicts_raise_the_ranking_of_others() -> None:
    fusion = Fusion(PRIOR, -5.0)
    others = told(2000, truth=LIKES_TEXT, seed=1)
    before = agreement(fusion.forget(), *others)
    outcome = learn(fusion, experience_of(*told(200, truth=LIKES_TEXT)))
    assert outcome.admitted
    assert agreement(fusion, *others) > before + 0.005


@settings(max_examples=40, deadline=None)
@given(st.tuples(*[st.floats(-20, 20)] * 5), st.integers(20, 120), st.floats(0.05, 50.0), st.integers(0, 9))
def test_no_weight_falls_below_zero_and_a_stronger_signal_never_lowers_a_score(
    truth: tuple[float, ...], count: int, tau: float, seed: int
) -> None:
    signals, answers = told(count, truth=truth, seed=seed)
    fusion = Fusion(PRIOR, -5.0, tau=tau).fit(signals, answers)
    assert all(weight >= 0 for weight in fusion.weights_.values())
    for column in range(len(PRIOR)):
        raised = signals.copy()
        raised[:, column] += 0.5
        assert (fusion.decision_function(raised) >= fusion.decision_function(signals)).all()


def test_a_weight_the_verdicts_speak_against_stops_at_zero() -> None:
    against = (2.0, -30.0, 0.5, 0.8, 5.0)
    fusion = Fusion(PRIOR, -5.0, tau=20.0).fit(*told(2000, truth=against))
    assert fusion.weights_["industry"] == 0


def test_a_weight_switched_off_and_a_weight_that_is_kept_do_not_move() -> None:
    fusion = Fusion(PRIOR | {"place": 0.0}, -5.0).fit(*told(200, truth=(2.0, 6.0, 9.0, 9.0, -5.0)))
    assert (fusion.weights_["place"], fusion.weights_["history"]) == (0.0, 0.8)
    assert fusion.weights_["text"] != 2.0


def test_the_score_is_the_bias_and_each_signal_times_its_weight() -> None:
    signals, answers = told(200, truth=LIKES_TEXT)
    fusion = Fusion(PRIOR, -5.0).fit(signals, answers)
    by_hand = fusion.bias_ + sum(w * signals[:, place] for place, w in enumerate(fusion.weights_.values()))
    assert fusion.decision_function(signals) == pytest.approx(by_hand, abs=1e-12)


def test_learning_again_gives_the_same() -> None:
    first, second = (Fusion(PRIOR, -5.0).fit(*told(200, truth=LIKES_TEXT)) for _ in range(2))
    assert (first.weights_, first.bias_) == (second.weights_, second.bias_)


def test_figures_that_are_no_numbers_are_left_out() -> None:
    signals, answers = told(60, truth=LIKES_TEXT)
    clean = Fusion(PRIOR, -5.0).fit(signals, answers)
    damaged = np.vstack([signals, np.full((3, 4), np.nan), np.full((3, 4), np.inf)])
    fusion = Fusion(PRIOR, -5.0).fit(damaged, np.append(answers, [1, 0, 1, 0, 1, 0]))
    assert (fusion.weights_, fusion.bias_) == (clean.weights_, clean.bias_)


def test_an_outcome_without_end_keeps_the_prior(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        x = np.full(5, np.nan)

    monkeypatch.setattr("crm.matchmaker.ranking.fusion.minimize", lambda *_, **__: Broken)
    fusion = Fusion(PRIOR, -5.0)
    assert learn(fusion, experience_of(*told(60, truth=LIKES_TEXT))).why == "unmoved"
    assert (fusion.weights_, fusion.bias_) == (PRIOR, -5.0)


def test_what_foretells_held_out_verdicts_worse_is_not_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm.matchmaker.ranking.learning.replay", lambda *_: WORSE)
    fusion = Fusion(PRIOR, -5.0)
    outcome = learn(fusion, experience_of(*told(60, truth=LIKES_TEXT)))
    assert (outcome.why, outcome.log_loss_prior, outcome.log_loss_learned) == ("worse_in_replay", 0.5, 0.6)
    assert (fusion.weights_, fusion.bias_) == (PRIOR, -5.0)


@pytest.mark.parametrize(
    ("learned", "better"),
    [((0.4, 0.3), True), ((0.46, 0.3), False), ((0.6, 0.3), False), ((0.4, 0.4), False), ((0.4, 0.5), False)],
)
def test_weights_are_let_in_where_they_beat_a_moved_bias_and_order_better(
    learned: tuple[float, float], better: bool
) -> None:
    seen = Replay(prior=Losses(0.5, 0.4), shifted=Losses(0.45, 0.4), learned=Losses(*learned))
    assert seen.better is better


def test_people_who_say_yes_more_often_but_judge_alike_move_no_weight() -> None:
    fusion = Fusion(PRIOR, -5.0)
    outcome = learn(fusion, experience_of(*told(300, truth=(*PRIOR.values(), -2.5))))
    assert outcome.why == "worse_in_replay"
    assert outcome.log_loss_learned is not None
    assert outcome.log_loss_prior is not None
    assert outcome.log_loss_learned < outcome.log_loss_prior
    assert (fusion.weights_, fusion.bias_) == (PRIOR, -5.0)


@pytest.mark.parametrize("needs", [1, 3, 20, 60])
def test_the_replay_copes_with_few_needs_and_with_many(needs: int) -> None:
    outcome = learn(Fusion(PRIOR, -5.0), experience_of(*told(60, truth=LIKES_TEXT), needs=needs))
    assert outcome.log_loss_prior is not None
    assert outcome.log_loss_learned is not None


def test_a_verdict_is_learned_from_without_the_history_in_which_it_stands(
    market: list[CompanyProfile], needs: list[NeedProfile], past: list[PastVerdict]
) -> None:
    signals = Signals().fit(market, past)
    learned_from = experience(signals, needs, names=("text", "history"))
    assert len(learned_from.answers) == len(past)
    assert not learned_from.signals[:, 1].any()


@pytest.fixture(scope="module")
def market() -> list[CompanyProfile]:
    return [
        CompanyProfile(key=f"{trade}{number}", text=f"{trade} {number}", nace=(f"1{place}.000",))
        for place, trade in enumerate(TRADES)
        for number in range(5)
    ]


@pytest.fixture(scope="module")
def needs() -> list[NeedProfile]:
    return [NeedProfile(key=f"n-{trade}", text=f"Vi trenger {trade}") for trade in TRADES]


@pytest.fixture(scope="module")
def past(market: list[CompanyProfile], needs: list[NeedProfile]) -> list[PastVerdict]:
    """Yes to a company of the trade that is needed, no to another's."""
    shown = [(need, company) for need in needs for company in market[:: 1 + len(need.key) % 3]]
    return [
        PastVerdict(need=n.key, company=c.key, verdict="yes" if c.key[:-1] == n.key[2:] else "no")
        for n, c in shown
    ]


def test_verdicts_on_needs_that_are_not_known_teach_nothing(
    market: list[CompanyProfile], past: list[PastVerdict]
) -> None:
    matchmaker = Matchmaker().fit(market, past)
    assert (matchmaker.learned_.why, matchmaker.learned_.verdicts) == ("too_few", 0)
    assert (matchmaker.bias_, matchmaker.weights_["industry"]) == (-5.6, 8.0)


def test_a_matchmaker_learns_the_same_whatever_the_order_of_verdicts_and_needs(
    market: list[CompanyProfile], needs: list[NeedProfile], past: list[PastVerdict]
) -> None:
    shuffled = random.Random(3).sample(past, len(past))  # noqa: S311  (no secret)
    first = Matchmaker().fit(market, past, needs=needs)
    second = Matchmaker().fit(market, shuffled, needs=reversed(needs))
    assert first.learned_.admitted
    assert first.weights_["industry"] != 8.0
    assert (first.weights_, first.bias_, first.learned_) == (second.weights_, second.bias_, second.learned_)


def test_the_score_of_a_learned_ranking_is_the_sum_of_its_parts(
    market: list[CompanyProfile], needs: list[NeedProfile], past: list[PastVerdict]
) -> None:
    matchmaker = Matchmaker().fit(market, past, needs=needs)
    reading = matchmaker.signals_.read(needs)
    column = {company.key: number for number, company in enumerate(matchmaker.companies_)}
    for row, ranked in enumerate(matchmaker.rank(needs)):
        for pair in ranked:
            place = row, column[pair.company]
            parts = {name: w * getattr(reading, name)[place] for name, w in matchmaker.weights_.items()}
            assert pair.score == pytest.approx(matchmaker.bias_ + sum(parts.values()), abs=1e-6)
            assert all(
                reason.contribution == pytest.approx(parts[reason.kind], abs=1e-6)
                for reason in pair.reasons
                if reason.kind in parts
            )
