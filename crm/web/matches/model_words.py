"""The model in use in plain words: what each signal weighs, what it learned from, and whether that helped."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString, format_decimal, gettext, ngettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from crm.matches import queries
from crm.matches.models import MatchRun
from crm.web.formats import show_number, show_percent

SIGNALS: dict[str, LazyString] = {
    "text": _l("Like ord og emner"),
    "industry": _l("Bransjen"),
    "place": _l("Avstanden"),
    "size": _l("Størrelsen"),
    "segment": _l("Satsingsområdet"),
    "history": _l("Tidligere svar"),
    "evidence": _l("Kontrakter og prosjekter"),
    "relations": _l("Felles forbindelser"),
    "semantic": _l("Samme mening, andre ord"),
    "meaning": _l("Samme mening, andre ord"),
    "form": _l("Organisasjonsformen"),
    "wishes": _l("Hva virksomheten søker"),
    "bias": _l("Utgangspunktet"),
}


@dataclass(frozen=True, slots=True)
class Weight:
    """What a signal weighs now, what it weighs before anybody answers, and what it weighed last round."""

    name: str
    now: float
    usual: float
    before: float | None

    @property
    def share(self) -> float:
        """The weight as a share of its usual one, 1.0 being as usual."""
        return self.now / self.usual if self.usual else 1.0


@dataclass(frozen=True, slots=True)
class Model:
    """The model of a round, as its page tells it."""

    run: MatchRun
    learned: str
    replay: str
    weights: list[Weight]
    before: MatchRun | None
    before_replay: str


def signal_name(signal: str) -> str:
    return str(SIGNALS.get(signal, signal))


def weight_in_words(weight: float) -> str:
    """A weight with one decimal, as it is written in the reader's language."""
    return str(format_decimal(weight, format="0.00"))


def in_use(session: Session) -> Model | None:
    """The model of the newest round that ranked; None before there was one."""
    found = queries.last_two_done(session)
    learned = _learned(found[0]) if found else {}
    if not learned.get("weights"):
        return None
    before = found[1] if len(found) > 1 and _learned(found[1]) else None
    old = _learned(before) if before else {}
    usual = found[0].parameters.get("model") or {}
    past = old.get("weights") or {}
    weights = [
        Weight(name, float(now), float(usual.get(f"{name}_weight") or 0), past.get(name))
        for name, now in learned["weights"].items()
    ]
    return Model(
        run=found[0],
        learned=_lesson(learned),
        replay=_replay(learned),
        weights=[weight for weight in weights if weight.now or weight.usual],
        before=before,
        before_replay=" ".join(filter(None, (_lesson(old), _replay(old)))) if old else "",
    )


def _learned(run: MatchRun) -> Mapping[str, Any]:
    return run.parameters.get("learned") or {}


def _lesson(learned: Mapping[str, Any]) -> str:
    """What the answers led to."""
    verdicts = int(learned.get("verdicts") or 0)
    told = ngettext(
        "Det finnes %(num)s svar å lære av, %(yes)s av dem ja.",
        "Det finnes %(num)s svar å lære av, %(yes)s av dem ja.",
        verdicts,
        yes=show_number(learned.get("yes") or 0),
    )
    why = {
        "admitted": gettext("Vektene har flyttet seg etter svarene."),
        "too_few": gettext("Det er for få til å flytte vektene, så utgangspunktet gjelder."),
        "one_answer": gettext(
            "Nesten alle er like, så de sier ikke hva som skiller. Utgangspunktet gjelder."
        ),
        "unmoved": gettext("De ga ingen grunn til å flytte vektene."),
        "worse_in_replay": gettext(
            "Det den lærte, gjorde den ikke bedre på svar den ikke hadde sett. Utgangspunktet gjelder."
        ),
    }.get(str(learned.get("why")), "")
    return f"{told} {why}".strip()


def _replay(learned: Mapping[str, Any]) -> str:
    """How surely the right answer was foretold, before and after learning: the usual log-loss as a share."""
    before, after = learned.get("log_loss_prior"), learned.get("log_loss_learned")
    if before is None or after is None:
        return ""
    return str(
        gettext(
            "Prøvd på svar den ikke fikk lære av: riktig svar fikk %(before)s sikkerhet før læring og"
            " %(after)s etter (50 %% er som å gjette).",
            before=show_percent(math.exp(-before)),
            after=show_percent(math.exp(-after)),
        )
    )
