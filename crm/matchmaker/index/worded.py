"""Texts kept as the words they hold, and what they come to as rows of terms: exact, or at most so much.

A text has some twenty words and ten times as many terms, runs of letters and stems. Where only few rows are
ever looked at, keeping the words takes a tenth of the memory, and the most a row can be like a need is known
from its words alone: a term that stands in several words counts less than the sum of what it counts in each.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from crm.matchmaker.index.compiled import compiled

# What a term weighs that stands so often in a text; more often than the last counts as the last.
LOGS = np.concatenate([[0], 1 + np.log(np.arange(1, 1 << 16))]).astype(np.float32)
# Sums in single precision, in another order than the exact ones, are wrong by less than this share.
_LOOSE = np.float32(1.0005)


class Worded(NamedTuple):
    """Row ``i`` holds ``words[ends[i] : ends[i + 1]]``, each ``counts`` times.

    Word ``w`` stands for ``terms[begins[w] : begins[w + 1]]``, each ``times``. Terms from ``split`` on are
    stems, those below it runs of letters; ``rarity`` has what each weighs, and ``scales``, rows x 2, what
    brings the runs and the stems of a row to their shares of a row of length one.
    """

    ends: Any
    words: Any
    counts: Any
    begins: Any
    terms: Any
    times: Any
    rarity: Any
    scales: Any
    split: int


class Holders(NamedTuple):
    """The words that stand for each term: term ``t`` has ``words[begins[t] : begins[t + 1]]``, ``times``."""

    begins: Any
    words: Any
    times: Any


@compiled
def tally_row(texts: Worded, row: int, tally: Any, touched: Any) -> int:
    """Count each term of a row; gives how many there are, which ``touched`` then names."""
    found = 0
    for at in range(texts.ends[row], texts.ends[row + 1]):
        word, count = texts.words[at], np.int64(texts.counts[at])
        for held in range(texts.begins[word], texts.begins[word + 1]):
            term = texts.terms[held]
            if tally[term] == 0:
                touched[found] = term
                found += 1
            tally[term] += count * texts.times[held]
    return found


@compiled
def weight(texts: Worded, logs: Any, term: int, count: int) -> Any:
    """What a term weighs in a row before the row is brought to length one."""
    return logs[min(count, len(logs) - 1)] * texts.rarity[term]


@compiled
def frequencies(texts: Worded, held: Any) -> None:
    """How many rows hold each term."""
    tally, touched = np.zeros(len(held), dtype=np.int64), np.empty(len(held), dtype=np.int64)
    for row in range(len(texts.ends) - 1):
        for number in range(tally_row(texts, row, tally, touched)):
            held[touched[number]] += 1
            tally[touched[number]] = 0


@compiled
def measure(texts: Worded, logs: Any, shares: Any, scales: Any) -> None:
    """Set what brings the runs and the stems of each row to their shares of the whole."""
    size = len(texts.rarity)
    tally, touched = np.zeros(size, dtype=np.int64), np.empty(size, dtype=np.int64)
    for row in range(len(texts.ends) - 1):
        runs, stems = 0.0, 0.0
        for number in range(tally_row(texts, row, tally, touched)):
            term = touched[number]
            part = np.float64(weight(texts, logs, term, tally[term])) ** 2
            tally[term] = 0
            if term < texts.split:
                runs += part
            else:
                stems += part
        whole = np.sqrt((shares[0] if runs > 0 else 0.0) + (shares[1] if stems > 0 else 0.0))
        scales[row, 0] = np.sqrt(shares[0] / runs) / whole if runs > 0 else 0.0
        scales[row, 1] = np.sqrt(shares[1] / stems) / whole if stems > 0 else 0.0


@compiled
def value(texts: Worded, logs: Any, row: int, term: int, count: int) -> Any:
    """What a row holds of a term, in single precision."""
    return weight(texts, logs, term, count) * texts.scales[row, 0 if term < texts.split else 1]


@compiled
def widths(texts: Worded, rows: Any, found: Any) -> None:
    """How many terms some rows have."""
    size = len(texts.rarity)
    tally, touched = np.zeros(size, dtype=np.int64), np.empty(size, dtype=np.int64)
    for place, row in enumerate(rows):
        found[place] = tally_row(texts, row, tally, touched)
        for number in range(found[place]):
            tally[touched[number]] = 0


@compiled
def spread(texts: Worded, logs: Any, rows: Any, into: tuple[Any, Any, Any]) -> None:
    """Write the terms of some rows, ascending, and what they hold of them."""
    ends, columns, data = into
    size = len(texts.rarity)
    tally, touched = np.zeros(size, dtype=np.int64), np.empty(size, dtype=np.int64)
    for place, row in enumerate(rows):
        found = tally_row(texts, row, tally, touched)
        touched[:found].sort()
        for number in range(found):
            term = touched[number]
            columns[ends[place] + number] = term
            data[ends[place] + number] = value(texts, logs, row, term, tally[term])
            tally[term] = 0


@compiled
def add_rows(texts: Worded, logs: Any, rows: Any, space: tuple[Any, Any, Any, Any]) -> int:
    """Sum some rows, one by one; gives how many terms there are, which the last of ``space`` then names."""
    sums, tally, touched, seen = space
    count = 0
    for row in rows:
        for number in range(tally_row(texts, row, tally, touched)):
            term = touched[number]
            if sums[term] == 0:
                seen[count] = term
                count += 1
            sums[term] += value(texts, logs, row, term, tally[term])
            tally[term] = 0
    seen[:count].sort()
    return count


@compiled
def hear(texts: Worded, holders: Holders, asked: tuple[Any, Any], alike: Any) -> None:
    """Add up how much each word is like a need, given by its terms and what it holds of them."""
    terms, values = asked
    for number in range(len(terms)):
        term = terms[number]
        part = values[number] * texts.rarity[term]
        side = 0 if term < texts.split else 1
        for at in range(holders.begins[term], holders.begins[term + 1]):
            alike[holders.words[at], side] += part * np.float32(holders.times[at])


@compiled
def forget(holders: Holders, terms: Any, alike: Any) -> None:
    """Set the words that stand for some terms back to nothing."""
    for number in range(len(terms)):
        for at in range(holders.begins[terms[number]], holders.begins[terms[number] + 1]):
            alike[holders.words[at]] = 0


@compiled
def at_most(texts: Worded, logs: Any, row: int, alike: Any) -> Any:
    """How much a row can be like the need that was heard."""
    runs, stems = np.float32(0), np.float32(0)
    for at in range(texts.ends[row], texts.ends[row + 1]):
        word, often = texts.words[at], logs[min(np.int64(texts.counts[at]), len(logs) - 1)]
        runs += often * alike[word, 0]
        stems += often * alike[word, 1]
    return (texts.scales[row, 0] * runs + texts.scales[row, 1] * stems) * _LOOSE


@compiled
def likeness(texts: Worded, logs: Any, row: int, asked: Any, space: tuple[Any, Any]) -> Any:
    """The cosine of a row with a need, summed over the terms in their order as the sparse product does."""
    tally, touched = space
    found = 0
    for at in range(texts.ends[row], texts.ends[row + 1]):
        word, count = texts.words[at], np.int64(texts.counts[at])
        for held in range(texts.begins[word], texts.begins[word + 1]):
            term = texts.terms[held]
            if asked[term] != 0:
                if tally[term] == 0:
                    touched[found] = term
                    found += 1
                tally[term] += count * texts.times[held]
    touched[:found].sort()
    alike = np.float32(0)
    for number in range(found):
        term = touched[number]
        alike += value(texts, logs, row, term, tally[term]) * asked[term]
        tally[term] = 0
    return alike
