"""Reasons in plain bokmål; entrances may translate the sentence before its values are filled in."""

from __future__ import annotations

from typing import Any

from crm.errors import said
from crm.matchmaker.profiles import Reason

_SAME_WORDS = (
    said("Begge skriver om «%(first)s»."),
    said("Begge skriver om «%(first)s» og «%(second)s»."),
    said("Begge skriver om «%(first)s», «%(second)s» og «%(third)s»."),
)
_SAME_WORDS_AND_KIN = (
    said("Begge skriver om «%(first)s»; «%(need)s» svarer til «%(company)s»."),
    said("Begge skriver om «%(first)s» og «%(second)s»; «%(need)s» svarer til «%(company)s»."),
    said("Begge skriver om «%(first)s», «%(second)s» og «%(third)s»; «%(need)s» svarer til «%(company)s»."),
)
_KIN = said("Der behovet sier «%(need)s», skriver virksomheten «%(company)s».")
_LONGEST_ENDING = 3
_FIXED = {
    "industry": said("Virksomheten er registrert i en bransje som passer behovet: %(name)s (%(code)s)."),
    "industry_unnamed": said("Virksomheten er registrert i en bransje som passer behovet (%(code)s)."),
    "alike": said("Virksomheten ligner på det behovet beskriver."),
    "place": said("Virksomheten holder til %(km)s km unna."),
    "place_municipality": said("Virksomheten holder til i samme kommune."),
    "place_county": said("Virksomheten holder til i samme fylke."),
    "size": said("Virksomheten har %(employees)s ansatte."),
    "segment_one": said("Begge hører til satsingsområdet %(segments)s."),
    "segment_many": said("Begge hører til satsingsområdene %(segments)s."),
    "evidence": said("Virksomheten har gjort noe lignende før: «%(what)s» (%(source)s)."),
    "evidence_unsourced": said("Virksomheten har gjort noe lignende før: «%(what)s»."),
    "evidence_counted": said("Virksomheten har %(count)s tidligere oppdrag eller prosjekter vi kjenner til."),
    "wishes": said("Partneren tilbyr noe virksomheten ser etter."),
    "meaning": said("Tekstene handler om det samme, også der ordene er ulike."),
    "form": said("Virksomheter av formen %(form)s tilbyr sjelden noe til andre."),
    "one_sided": said("Virksomheten ser etter noe annet enn det partneren tilbyr."),
    "history": said("Andre behov har sagt ja til virksomheten før (%(yes)s ja, %(no)s nei)."),
    "history_alike": said("Lignende behov har sagt ja til slike virksomheter før (%(yes)s ja, %(no)s nei)."),
    "far_away": said("Virksomheten holder til langt unna: %(km)s km."),
    "far_away_other_county": said("Virksomheten holder til i et annet fylke."),
    "place_unknown": said("Vi vet ikke hvor langt unna virksomheten holder til."),
    "size_unknown": said("Vi vet ikke hvor mange ansatte virksomheten har."),
    "small": said("Virksomheten er liten: %(employees)s ansatte."),
    "small_one": said("Virksomheten er liten: én ansatt."),
    "small_none": said("Virksomheten har ingen registrerte ansatte."),
    "other_industry": said("Bransjen er en annen enn den behovet tyder på: %(name)s."),
    "other_industry_unnamed": said("Bransjen er en annen enn den behovet tyder på: %(code)s."),
    "industry_unsure": said("Bransjen %(name)s er bare ett av flere mulige svar på behovet."),
    "industry_unsure_unnamed": said("Bransjen %(code)s er bare ett av flere mulige svar på behovet."),
    "industry_unknown": said("Vi vet ikke hvilken bransje virksomheten hører til."),
    "few_shared_words": said("Behovet og virksomheten har få ord felles."),
    "said_no_before": said("Andre behov har sagt nei til virksomheten før (%(yes)s ja, %(no)s nei)."),
    "said_no_before_alike": said(
        "Lignende behov har sagt nei til slike virksomheter før (%(yes)s ja, %(no)s nei)."
    ),
}


def sentence(reason: Reason) -> tuple[str, dict[str, Any]]:
    """The sentence of a reason with ``%(name)s`` where its values go, and those values.

    Examples
    --------
    >>> sentence(Reason(kind="place", contribution=0.2, values={"km": 12}))
    ('Virksomheten holder til %(km)s km unna.', {'km': 12})
    """
    if reason.kind == "shared_terms":
        return _of_terms(reason)
    kind = _variant(reason)
    values: dict[str, Any] = dict(reason.values)
    if isinstance(values.get("segments"), (list, tuple)):
        values["segments"] = ", ".join(str(segment) for segment in values["segments"])
    return _FIXED.get(kind, _FIXED["alike"]), values


def in_words(reason: Reason) -> str:
    """The finished bokmål sentence."""
    text, values = sentence(reason)
    return text % values


def _variant(reason: Reason) -> str:
    values: dict[str, Any] = reason.values
    kind = reason.kind
    match kind:
        case "industry" | "other_industry" | "industry_unsure" if not values.get("name"):
            kind = f"{kind}_unnamed"
        case "place" | "far_away" if "area" in values:
            kind = f"{kind}_{values['area']}"
        case "history" | "said_no_before" if values.get("alike"):
            kind = f"{kind}_alike"
        case "evidence" if not values.get("what"):
            kind = "evidence_counted"
        case "evidence" if not values.get("source"):
            kind = "evidence_unsourced"
        case "segment":
            kind = "segment_one" if len(values.get("segments", ())) == 1 else "segment_many"
        case "small" if values.get("employees") in {0, 1}:
            kind = "small_none" if values["employees"] == 0 else "small_one"
    return kind


def _of_terms(reason: Reason) -> tuple[str, dict[str, Any]]:
    """The words both use, and the strongest pair they spell differently."""
    given: Any = reason.values.get("terms") or []
    same = [min(term["need"], term["company"], key=len) for term in given if _is_same(term)][:3]
    kin = [term for term in given if not _is_same(term)][:1]
    values: dict[str, Any] = dict(zip(("first", "second", "third"), same, strict=False))
    for term in kin:
        values |= {"need": term["need"], "company": term["company"]}
    if same:
        return (_SAME_WORDS_AND_KIN if kin else _SAME_WORDS)[len(same) - 1], values
    return (_KIN if kin else _FIXED["alike"]), values


def _is_same(term: dict[str, str]) -> bool:
    """Whether the words differ by an ending at most, as «lastebil» and «lastebiler» do."""
    shorter, longer = sorted((term["need"].casefold(), term["company"].casefold()), key=len)
    return longer.startswith(shorter) and len(longer) - len(shorter) <= _LONGEST_ENDING
