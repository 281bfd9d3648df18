from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from crm.matchmaker.index.postings import Asked, Best, Postings, seek
from crm.matchmaker.index.word_index import WordIndex
from crm.matchmaker.language.terms import unit_rows

SEEDS = st.integers(0, 2**32 - 1)


def some_rows(count: int, terms: int, seed: int) -> sparse.csr_matrix:
    """Sparse rows of unit length; some rows empty, some the same, common terms first."""
    draw = np.random.default_rng(seed)
    held = draw.random((count, terms)) < 1 / (1 + np.arange(terms) / 3)
    values = np.round(draw.random((count, terms)), 1) * held
    if count > 3:
        values[1], values[2] = values[0], 0
    return unit_rows(sparse.csr_matrix(values.astype(np.float32)))


def keys_of(numbers: range | list[int]) -> list[str]:
    return [f"{number:05}" for number in numbers]


def by_brute_force(keys: list[str], rows: sparse.csr_matrix, needs: sparse.csr_matrix, top: int):
    """Every sum by the sparse product, sorted by sum and key."""
    sums = (rows @ needs.T).toarray().T if rows.shape[0] else np.zeros((needs.shape[0], 0))
    return [
        sorted(
            ((key, float(value)) for key, value in zip(keys, row, strict=True) if value > 0),
            key=lambda pair: (-pair[1], pair[0]),
        )[:top]
        for row in sums
    ]


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(0, 90), st.integers(1, 30), st.integers(0, 12), st.integers(1, 40))
def test_the_best_are_those_of_brute_force_to_the_last_bit(
    seed: int, count: int, terms: int, top: int, block: int
):
    rows, needs = some_rows(count, terms, seed), some_rows(7, terms, seed + 1)
    index = WordIndex.build(keys_of(range(count)), rows, block=block)
    assert index.best(needs, top) == by_brute_force(keys_of(range(count)), rows, needs, top)


def test_a_thousand_needs_over_fifty_thousand_rows_are_answered_as_by_brute_force():
    draw = np.random.default_rng(0)
    columns = draw.zipf(1.3, 50_000 * 12) % 20_000
    ends = np.arange(0, len(columns) + 1, 12)
    rows = sparse.csr_matrix(
        (draw.random(len(columns), dtype=np.float32), columns, ends), shape=(50_000, 20_000)
    )
    rows.sum_duplicates()
    rows = unit_rows(rows)
    needs = rows[draw.integers(0, 50_000, 1_000)]
    best = Best.none(1_000, 50)
    seek(Postings.build(rows), Asked.of(needs), best)
    for start in range(0, 1_000, 100):
        sums = (rows @ needs[start : start + 100].T).toarray().T
        order = np.argsort(-sums, axis=1, kind="stable")[:, :50]
        high = np.take_along_axis(sums, order, axis=1)
        shared = high > 0
        assert (best.places[start : start + 100][shared] == order[shared]).all()
        assert (best.scores[start : start + 100][shared] == high[shared]).all()


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.lists(st.integers(0, 60), unique=True), st.lists(st.integers(0, 90), unique=True))
def test_an_updated_index_answers_as_one_built_anew(seed: int, gone: list[int], changed: list[int]):
    needs, old = some_rows(5, 20, seed), some_rows(50, 20, seed + 1)
    new = some_rows(len(changed), 20, seed + 2)
    index = WordIndex.build(keys_of(range(50)), old, block=16)
    updated = index.updated(keys_of(changed), new, gone=keys_of(gone), block=16)
    stay = [number for number in range(50) if number not in {*gone, *changed}]
    whole = sparse.vstack([old[stay], new], format="csr")
    fresh = WordIndex.build([*keys_of(stay), *keys_of(changed)], whole, block=16)
    assert list(updated.keys) == list(fresh.keys)
    assert updated.best(needs, 9) == fresh.best(needs, 9)


def test_a_company_twice_among_the_new_is_refused():
    with pytest.raises(ValueError, match="stands twice"):
        WordIndex.build(["a", "a"], some_rows(2, 5, 1))


def test_keys_of_any_letters_stand_in_the_order_of_their_letters():
    rows = sparse.csr_matrix(np.ones((4, 1), dtype=np.float32))
    index = WordIndex.build(["å", "z", "ø", "aa"], rows)
    assert [key for key, _ in index.best(rows[:1], 4)[0]] == sorted(["å", "z", "ø", "aa"])


def test_what_was_written_is_opened_and_updated_without_writing_it_again(tmp_path: Path):
    needs, rows = some_rows(5, 20, 1), some_rows(50, 20, 2)
    kept = WordIndex.build(keys_of(range(50)), rows).write(tmp_path / "index")
    assert kept.best(needs, 9) == by_brute_force(keys_of(range(50)), rows, needs, 9)
    written = (tmp_path / "index" / "1-0" / "values.npy").stat().st_mtime_ns
    grown = WordIndex.open(tmp_path / "index").updated(["00003"], rows[4:5], gone=["00007"])
    again = grown.write(tmp_path / "index")
    assert again.best(needs, 9) == grown.best(needs, 9) != kept.best(needs, 9)
    assert (tmp_path / "index" / "1-0" / "values.npy").stat().st_mtime_ns == written
    assert [part.lists.terms.base is not None for part in again.parts] == [True, True]


def test_an_index_is_opened_by_another_process(tmp_path: Path):
    needs, rows = some_rows(1, 20, 1), some_rows(50, 20, 2)
    kept = WordIndex.build(keys_of(range(50)), rows).write(tmp_path)
    sparse.save_npz(tmp_path.parent / "needs.npz", needs)
    code = (
        "import sys; from pathlib import Path; from scipy import sparse;"
        "from crm.matchmaker.index.word_index import WordIndex;"
        "print(WordIndex.open(Path(sys.argv[1])).best(sparse.load_npz(sys.argv[2]).tocsr(), 9))"
    )
    command = [sys.executable, "-c", code, str(tmp_path), str(tmp_path.parent / "needs.npz")]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert said.strip() == str(kept.best(needs, 9))


def test_files_no_state_uses_are_cleared_and_the_state_before_stays(tmp_path: Path):
    rows = some_rows(9, 5, 1)
    WordIndex.build(keys_of(range(9)), rows).write(tmp_path)
    open_still = WordIndex.open(tmp_path)
    before = open_still.best(rows[:1], 3)
    for number in range(3):
        WordIndex.build(keys_of(range(number, number + 9)), rows).write(tmp_path)
    states = {path.name.partition("-")[0] for path in tmp_path.iterdir() if path.name[0].isdigit()}
    assert states == {"3", "4"}
    assert open_still.best(rows[:1], 3) == before


@pytest.mark.parametrize("damage", ["gone", "cut", "empty"])
def test_a_damaged_index_is_refused_in_one_sentence(tmp_path: Path, damage: str):
    WordIndex.build(keys_of(range(9)), some_rows(9, 5, 1)).write(tmp_path)
    values = tmp_path / "1-0" / "values.npy"
    if damage == "gone":
        values.unlink()
    else:
        values.write_bytes(values.read_bytes()[: 140 if damage == "cut" else 0])
    with pytest.raises(ValueError, match="is damaged"):
        WordIndex.open(tmp_path)


def test_a_folder_without_an_index_says_so(tmp_path: Path):
    with pytest.raises(ValueError, match="There is no index"):
        WordIndex.open(tmp_path)
