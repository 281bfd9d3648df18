from __future__ import annotations

import subprocess
import sys

import pytest

from crm.matchmaker.profiles import NeedProfile, Reason
from crm.matchmaker.ranking.ranker import Matchmaker
from crm.matchmaker.wording import in_words, sentence


def words_of(*pairs: tuple[str, str]) -> Reason:
    terms = [{"need": need, "company": company} for need, company in pairs]
    return Reason(kind="shared_terms", contribution=1.0, values={"terms": terms})


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (words_of(("fysioterapi", "Fysioterapi")), "Begge skriver om «fysioterapi»."),
        (words_of(("lastebil", "lastebiler"), ("krok", "krok")), "Begge skriver om «lastebil» og «krok»."),
        (
            words_of(("krok", "krok"), ("fysioterapeut", "fysioterapi")),
            "Begge skriver om «krok»; «fysioterapeut» svarer til «fysioterapi».",
        ),
        (
            words_of(("fysioterapeut", "fysioterapi")),
            "Der behovet sier «fysioterapeut», skriver virksomheten «fysioterapi».",
        ),
    ],
)
def test_shared_words_are_said_plainly(reason: Reason, expected: str) -> None:
    assert in_words(reason) == expected


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("place", {"km": 12}, "Virksomheten holder til 12 km unna."),
        ("place", {"area": "municipality"}, "Virksomheten holder til i samme kommune."),
        ("far_away", {"area": "other_county"}, "Virksomheten holder til i et annet fylke."),
        ("small", {"employees": 0}, "Virksomheten har ingen registrerte ansatte."),
        ("small", {"employees": 1}, "Virksomheten er liten: én ansatt."),
        ("segment", {"segments": ["helse"]}, "Begge hører til satsingsområdet helse."),
        ("segment", {"segments": ["helse", "livsstil"]}, "Begge hører til satsingsområdene helse, livsstil."),
        (
            "industry",
            {"code": "86.950", "name": ""},
            "Virksomheten er registrert i en bransje som passer behovet (86.950).",
        ),
        ("unheard_of", {}, "Virksomheten ligner på det behovet beskriver."),
    ],
)
def test_every_kind_has_its_sentence(kind: str, values: dict[str, object], expected: str) -> None:
    assert in_words(Reason(kind=kind, contribution=0.1, values=values)) == expected


def test_a_per_cent_sign_in_a_text_does_no_harm() -> None:
    assert in_words(words_of(("100%", "100%"))) == "Begge skriver om «100%»."


def test_the_sentence_keeps_its_placeholders_for_the_translator() -> None:
    template, values = sentence(Reason(kind="place", contribution=0.1, values={"km": 3}))
    assert template == "Virksomheten holder til %(km)s km unna."
    assert values == {"km": 3}


def test_every_reason_of_a_ranking_can_be_said(fitted: Matchmaker, need: NeedProfile) -> None:
    for pair in fitted.rank([need])[0]:
        assert all(in_words(reason).endswith(".") for reason in (*pair.reasons, pair.against))


def test_profiles_wording_and_rules_load_no_numeric_library() -> None:
    program = (
        "import sys, crm.matchmaker.wording, crm.matchmaker.planning.week_rules, crm.matchmaker.profiles;"
        "sys.exit(any(name in sys.modules for name in ('numpy', 'scipy', 'sklearn')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
