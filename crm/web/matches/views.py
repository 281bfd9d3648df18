"""Pages of matches: the addresses, and where each is answered."""

from __future__ import annotations

from flask import Blueprint

from crm.web.matches import (
    accuracy,
    answers,
    introductions,
    lists,
    model_words,
    round,  # noqa: A004  (the week's round)
    rules,
    sums,
    trials,
    wording,
)

blueprint = Blueprint("matches", __name__, url_prefix="/matches")

blueprint.add_url_rule("/", "index", lists.index)
blueprint.add_url_rule("/<int:suggestion_id>/answer", "answer", answers.answer, methods=["POST"])
blueprint.add_url_rule("/<int:suggestion_id>/withdraw", "withdraw", answers.withdraw, methods=["POST"])
blueprint.add_url_rule("/<int:suggestion_id>/introduction", "to_introduction", answers.introduction)
blueprint.add_url_rule("/run", "run", round.run, methods=["POST"])
blueprint.add_url_rule("/run/<week>", "progress", round.progress)
blueprint.add_url_rule("/<int:suggestion_id>/never", "never", answers.never, methods=["POST"])
blueprint.add_url_rule("/rules", "rules", rules.show)
blueprint.add_url_rule("/rules", "change_rules", rules.change, methods=["POST"])
blueprint.add_url_rule("/rules/capacity", "capacity", rules.capacity, methods=["POST"])
blueprint.add_url_rule("/rules/pairs", "add_pair", rules.add_pair, methods=["POST"])
blueprint.add_url_rule(
    "/rules/pairs/<int:rule_id>/remove", "remove_pair", rules.remove_pair, methods=["POST"]
)
blueprint.add_url_rule(
    "/rules/pairs/restore/<int:entry_id>", "restore_pair", rules.restore_pair, methods=["POST"]
)
blueprint.add_url_rule("/what-if", "what_if", trials.show)
blueprint.add_url_rule("/what-if", "try_out", trials.try_out, methods=["POST"])
blueprint.add_url_rule("/what-if/<int:trial_id>", "trial", trials.trial)
blueprint.add_url_rule("/what-if/<int:trial_id>/weights", "use_weights", trials.use_weights, methods=["POST"])
blueprint.add_url_rule("/what-if/<int:trial_id>/text", "use_text", trials.use_text, methods=["POST"])
blueprint.add_url_rule("/rules/weights", "usual_weights", trials.usual_weights, methods=["POST"])
blueprint.add_url_rule("/accuracy", "accuracy", accuracy.show)
blueprint.add_url_rule("/introductions/", "introductions", introductions.index)
blueprint.add_url_rule("/introductions/<int:introduction_id>", "introduction", introductions.show)
blueprint.add_url_rule(
    "/introductions/<int:introduction_id>/move", "move", introductions.move, methods=["POST"]
)

# The card of a suggestion stands on the pages of other subjects too, so its words are known to all.
blueprint.add_app_template_filter(wording.reasons_for)
blueprint.add_app_template_filter(wording.reason_against)
blueprint.add_app_template_filter(wording.why_not)
blueprint.add_app_template_filter(wording.translated)
blueprint.add_app_template_filter(wording.gave_way)
for _said in (accuracy.share_in_words, accuracy.count_in_words, accuracy.part_in_words):
    blueprint.add_app_template_filter(_said)
blueprint.add_app_template_filter(accuracy.difference_in_words)
blueprint.add_app_template_filter(model_words.signal_name)
blueprint.add_app_template_filter(sums.sum_of)
blueprint.add_app_template_filter(sums.step_in_words)
blueprint.add_app_template_filter(model_words.weight_in_words)
blueprint.add_app_template_global(answers.near_days, "put_off_days")
