from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench" / "match_quality.py"


@pytest.mark.realdata
def test_the_matchmaker_beats_words_twice_over_on_real_units_and_the_fusion_of_texts() -> None:
    found = importlib.util.spec_from_file_location("match_quality", BENCH)
    assert found is not None
    assert found.loader is not None
    bench = importlib.util.module_from_spec(found)
    found.loader.exec_module(bench)
    if not (bench.shared_data() / "matching_dev" / "needs.jsonl").exists():
        pytest.skip("the development needs are not here; CRM_SHARED_DATA says where")
    companies = bench.read_companies(bench.shared_data())
    asked = bench.read_asked(bench.shared_data() / "matching_dev" / "needs.jsonl", companies)
    figures = bench.measure(companies, asked)
    assert figures["matchmaker"]["x BM25 on stems"][0] > 2
    assert figures["matchmaker"]["x text fusion"][0] > 1.35
