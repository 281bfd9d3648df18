"""The search for the best companies by the whole score, exact: blocks that cannot win are not looked into.

Companies lie in blocks by industry and place. For a need, the most that all signals and a text just like it
could give a block is known beforehand, and blocks are looked into from the likeliest down.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from crm.matchmaker.index.compiled import compiled
from crm.matchmaker.index.field import Field, Weighed
from crm.matchmaker.index.postings import Best, enter
from crm.matchmaker.index.worded import LOGS, at_most, forget, hear, likeness

# Sums in another order than the score's may differ by so little.
_SLACK = 1e-9
# A cosine is never above this, rounding and all.
_MOST_ALIKE = np.float32(1.001)


class Desk(NamedTuple):
    """Where a need is read: what the words and the terms are to it, and room to count a row's terms."""

    logs: Any
    alike: Any
    dense: Any
    tally: Any
    touched: Any


def best_in(field: Field, asked: Weighed, top: int) -> Best:
    """The best companies of each need, as columns; fewer where fewer may be offered."""
    best = Best.none(len(asked.needs.ends) - 1, top)
    if top and len(field.place):
        terms, words = len(field.texts.rarity), len(field.texts.begins) - 1
        alike, dense = np.zeros((words, 2), dtype=np.float32), np.zeros(terms, dtype=np.float32)
        counts = np.zeros(terms, dtype=np.int64), np.empty(terms, dtype=np.int64)
        search(field, asked, best, Desk(LOGS, alike, dense, *counts))
    return best


@compiled
def total(field: Field, asked: Weighed, need: int, row: int, text: float) -> float:
    """The score of a company for a need, its parts added in the order of the weights."""
    whole, signal = 0.0, 0
    for at in range(len(field.begins)):
        if at == asked.text_at:
            whole += text
        else:
            whole += asked.tables[need, field.begins[signal] + field.kinds[signal, row]]
            signal += 1
    return asked.bias + whole


@compiled
def barred(field: Field, asked: Weighed, need: int, row: int) -> bool:
    """Whether a company may not be offered."""
    limited = asked.limited[need]
    if limited >= 0 and not asked.may[limited, field.limits[row]]:
        return True
    for number in range(asked.gone[need], asked.gone[need + 1]):
        if asked.refused[number] == field.place[row]:
            return True
    return False


@compiled
def ceilings(field: Field, asked: Weighed, need: int, most: Any) -> None:
    """Set the most each block can be given by all signals but the text and the leading one."""
    most[:] = asked.bias + _SLACK
    for signal in range(len(field.begins) - 1):
        if signal != asked.lead:
            first, last = field.begins[signal], field.begins[signal + 1]
            highest = np.full(field.group[first:last].max() + 1, -np.inf)
            for kind in range(first, last):
                highest[field.group[kind]] = max(highest[field.group[kind]], asked.tables[need, kind])
            for block in range(len(most)):
                best = -np.inf
                for number in range(field.spans[signal, block], field.spans[signal, block + 1]):
                    best = max(best, highest[field.present[number]])
                most[block] += best


@compiled
def leading(field: Field, asked: Weighed, need: int, block: int) -> float:
    """The most the leading signal gives a block."""
    best, first = -np.inf, field.begins[asked.lead]
    for run in range(field.runs[block], field.runs[block + 1]):
        best = max(best, asked.tables[need, first + field.kinds[asked.lead, field.opens[run]]])
    return best


@compiled
def text_part(alike: Any, text: Any) -> Any:
    """What a text gives a score, from its cosine."""
    return text[0] * np.float64(alike / (alike + text[1]))


@compiled
def worst_of(best: Best, need: int) -> float:
    """What a company must reach to be among the best of a need."""
    top = best.scores.shape[1]
    return best.scores[need, top - 1] if best.filled[need] == top else -np.inf


@compiled
def search(field: Field, asked: Weighed, best: Best, desk: Desk) -> None:
    """Find the best companies, in the likeliest blocks of each need first, until no block can matter."""
    blocks = len(field.edges) - 1
    rest, most = np.empty(blocks), np.empty(blocks)
    others = np.empty(len(field.parts))
    highest = text_part(_MOST_ALIKE, asked.text) if asked.text[0] > 0 else 0.0
    for need in range(len(asked.needs.ends) - 1):
        first, last = asked.needs.ends[need], asked.needs.ends[need + 1]
        terms, values = asked.needs.terms[first:last], asked.needs.values[first:last]
        hear(field.texts, field.holders, (terms, values), desk.alike)
        for number in range(len(terms)):
            desk.dense[terms[number]] = values[number]
        ceilings(field, asked, need, rest)
        for block in range(blocks):
            most[block] = rest[block] + leading(field, asked, need, block)
        join(field, asked, need, others)
        for block in np.argsort(-most):
            if most[block] + highest < worst_of(best, need):
                break
            sift(field, asked, best, (need, block, highest), (others, desk))
        forget(field.holders, terms, desk.alike)
        for number in range(len(terms)):
            desk.dense[terms[number]] = 0


@compiled
def join(field: Field, asked: Weighed, need: int, others: Any) -> None:
    """What all signals but the text, the leading one and the near one give, for each joined kind."""
    for number in range(len(others)):
        others[number] = asked.bias + _SLACK
        for signal in range(len(field.begins) - 1):
            if signal not in (asked.lead, asked.near):
                others[number] += asked.tables[need, field.begins[signal] + field.parts[number, signal]]


@compiled
def sift(field: Field, asked: Weighed, best: Best, at: Any, read: Any) -> None:
    """Enter the companies of a block that are among the best of a need.

    A row is looked at closer as long as it may be: first without its text, then with the most its words can
    give, at last exactly.
    """
    (need, block, highest), (others, desk) = at, read
    lead, near = field.begins[asked.lead], field.begins[asked.near]
    for run in range(field.runs[block], field.runs[block + 1]):
        first, last = field.opens[run], field.opens[run + 1]
        leads = asked.tables[need, lead + field.kinds[asked.lead, first]]
        worst = worst_of(best, need)
        for row in range(first, last):
            nearness = asked.tables[need, near + field.kinds[asked.near, row]]
            most = leads + nearness + others[field.joined[row]]
            if most + highest < worst:
                continue
            if asked.text[0] > 0:
                most += text_part(at_most(field.texts, desk.logs, row, desk.alike), asked.text)
            if most < worst or barred(field, asked, need, row):
                continue
            alike = likeness(field.texts, desk.logs, row, desk.dense, (desk.tally, desk.touched))
            score = total(field, asked, need, row, text_part(alike, asked.text))
            if score >= worst:
                enter(best, need, score, field.place[row], alike)
                worst = worst_of(best, need)
