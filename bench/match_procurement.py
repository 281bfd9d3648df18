"""How well suppliers of public procurements are found by the notice's text: nDCG@10 beside plain baselines.

Run from the repository root: ``python bench/match_procurement.py``. The judge is a table from the beginnings
of CPV codes to industries, ``crm/matchmaker/industries/cpv_industries.csv``: a company answers a notice where
one of its industries delivers the main code, and partly where it delivers another of its codes. The
matchmaker reads that table where a need carries codes: here they are hidden, and the row "with its codes"
shows them and is told for what it is. Notices that are about nothing in particular (qualification systems,
tests) are kept, as people get them, too.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import match_quality as quality

from crm.matchmaker.industries.everyday import industries_of_procurement
from crm.matchmaker.profiles import CompanyProfile, NeedProfile


def read_notices(companies: list[CompanyProfile]) -> tuple[list[NeedProfile], quality.Gains]:
    """The notices somebody in the units can answer, with their codes, and the gain of every company."""
    path = quality.shared_data() / "doffin_ted_notices_sample.jsonl"
    needs, gains = [], []
    with path.open(encoding="utf-8") as file:
        for line in file:
            notice: dict[str, Any] = json.loads(line)
            judged = [_gain(notice["cpv"], company) for company in companies]
            if any(judged):
                needs.append(_need(notice))
                gains.append(judged)
    return needs, gains


def _need(notice: dict[str, Any]) -> NeedProfile:
    return NeedProfile(
        key=notice["notice_id"],
        title=notice["title"] or "",
        text=notice["description"] or "",
        cpv=tuple(notice["cpv"]),
    )


def _gain(codes: list[str], company: CompanyProfile) -> int:
    main, *others = [industries_of_procurement(code) for code in codes] or [()]
    if main and any(code.startswith(main) for code in company.nace):
        return 2
    return int(any(code.startswith(tuple(other)) for other in others if other for code in company.nace))


def contestants(companies: list[CompanyProfile], needs: list[NeedProfile]) -> dict[str, Callable[[], Any]]:
    unnamed = [replace(company, nace_names=()) for company in companies]
    texts = [quality.company_text(company) for company in unnamed]
    asked = [f"{need.title}\n{need.text}" for need in needs]
    hidden = [replace(need, cpv=()) for need in needs]
    letters = {"analyzer": "char_wb", "ngram_range": (4, 5)}
    return {
        "word TF-IDF": lambda: quality.by_tfidf(texts, asked),
        "BM25 on stems": lambda: quality.by_bm25(texts, asked, analyzer=quality.stems),
        "character 4-5 TF-IDF": lambda: quality.by_tfidf(texts, asked, **letters),
        "text fusion": lambda: quality.by_fusion(texts, asked),
        "matchmaker": lambda: quality.by_matchmaker(unnamed, hidden),
        "matchmaker without bridge": lambda: quality.by_matchmaker(unnamed, hidden, industry_weight=0.0),
        "matchmaker, industries named": lambda: quality.by_matchmaker(companies, hidden),
        "matchmaker with its codes": lambda: quality.by_matchmaker(unnamed, needs),
    }


def main() -> None:
    if not (quality.shared_data() / "doffin_ted_notices_sample.jsonl").exists():
        print("match_procurement: skipped, the notices are not here; set CRM_SHARED_DATA")
        return
    companies = quality.read_companies(quality.shared_data())
    needs, gains = read_notices(companies)
    print(f"{len(needs)} notices over {len(companies)} units")
    each = {
        name: [quality.ndcg(*pair) for pair in zip(gains, contestant(), strict=True)]
        for name, contestant in contestants(companies, needs).items()
    }
    plain = ("word TF-IDF", "BM25 on stems", "character 4-5 TF-IDF", "text fusion")
    best = max(plain, key=lambda name: sum(each[name]))
    figures = {
        name: {
            "ndcg@10": quality.interval(values),
            f"x {best}": quality.interval(values, each[best]),
        }
        for name, values in each.items()
    }
    quality.print_figures(figures)
    quality.write("match_procurement", figures)


if __name__ == "__main__":
    main()
