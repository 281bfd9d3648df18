"""Profiles and rankings as JSON lines: what ``match rank`` reads and writes."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from crm.errors import UpstreamError, said
from crm.matchmaker.industries.register_bridge import RegisterBridge
from crm.matchmaker.lines import Line
from crm.matchmaker.profiles import CompanyProfile, Evidence, NeedProfile, PastVerdict, RankedCompany
from crm.matchmaker.ranking.ranker import Matchmaker
from crm.matchmaker.wording import in_words

_UNREADABLE = said("Filen %(file)s kan ikke leses: %(why)s.")
_UNWRITABLE = said("Filen %(file)s kan ikke skrives: %(why)s.")


def rank_files(
    companies: Path,
    needs: Path,
    out: Path,
    *,
    top: int,
    verdicts: Path | None = None,
    register: RegisterBridge | None = None,
) -> int:
    """Rank the companies of a file for the needs of another; gives the number of lines written.

    ``register`` is a bridge learned from the register before, where there is one.

    Raises
    ------
    InvalidInput
        A line cannot be understood; the message names the file and the line.
    UpstreamError
        A file cannot be read or written.
    """
    asked = list(read_needs(needs))
    past = list(read_verdicts(verdicts)) if verdicts else []
    matchmaker = Matchmaker(top=top, register=register).fit(read_companies(companies), past, needs=asked)
    return write_ranking(out, matchmaker.rank(asked))


def read_companies(path: Path) -> Iterator[CompanyProfile]:
    for line in _lines(path, keyed=True):
        yield CompanyProfile(
            key=line.key(),
            name=line.text("name"),
            text=line.required_text("text"),
            nace=line.texts("nace"),
            nace_standard=line.one_of("nace_standard", ("SN2025", "SN2007")),
            nace_names=line.texts("nace_names"),
            employees=line.count("employees"),
            municipality_no=line.text("municipality_no") or None,
            latitude=line.figure("latitude"),
            longitude=line.figure("longitude"),
            form=line.text("form") or None,
            segments=line.texts("segments"),
            offers=line.text("offers"),
            wishes=line.text("wishes"),
            evidence=tuple(_deed(part) for part in line.parts("evidence")),
        )


def _deed(part: Line) -> Evidence:
    counted = part.count("count")
    return Evidence(
        text=part.text("text"), count=1 if counted is None else counted, source=part.text("source")
    )


def read_needs(path: Path) -> Iterator[NeedProfile]:
    for line in _lines(path, keyed=True):
        yield NeedProfile(
            key=line.key(),
            title=line.text("title"),
            text=line.required_text("text"),
            segments=line.texts("segments"),
            partner=line.text("partner"),
            cpv=line.texts("cpv"),
            municipality_no=line.text("municipality_no") or None,
            latitude=line.figure("latitude"),
            longitude=line.figure("longitude"),
            offers=line.text("offers"),
            constraints=line.constraints(),
        )


def read_verdicts(path: Path) -> Iterator[PastVerdict]:
    for line in _lines(path):
        yield PastVerdict(
            need=line.key("need"),
            company=line.key("company"),
            verdict="yes" if line.one_of("verdict", ("yes", "no"), required=True) == "yes" else "no",
            at=line.text("at") or None,
        )


def write_ranking(out: Path, lists: Iterable[Iterable[RankedCompany]]) -> int:
    """Write all or nothing: beside the file first, then in its place."""
    written = 0
    try:
        with _replacing(out) as file:
            for ranked in (pair for row in lists for pair in row):
                file.write(json.dumps(_as_record(ranked), ensure_ascii=False) + "\n")
                written += 1
    except OSError as error:
        raise UpstreamError(_UNWRITABLE, file=str(out), why=error.strerror or str(error)) from error
    return written


def _lines(path: Path, *, keyed: bool = False) -> Iterator[Line]:
    """The filled lines of a file; ``keyed`` refuses a key that stands twice."""
    seen: dict[str, int] = {}
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                if not raw.strip():
                    continue
                line = Line.parse(raw, number=number, file=path.name)
                if keyed:
                    line.refuse_repeated_key(seen)
                yield line
    except OSError as error:
        raise UpstreamError(_UNREADABLE, file=str(path), why=error.strerror or str(error)) from error


@contextmanager
def _replacing(out: Path) -> Iterator[IO[str]]:
    """A file that takes the place of ``out`` when all went well, and leaves no trace otherwise."""
    handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="\n") as file:
            yield file
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(out)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _as_record(ranked: RankedCompany) -> dict[str, object]:
    return {
        "need": ranked.need,
        "company": ranked.company,
        "rank": ranked.rank,
        "score": round(ranked.score, 6),
        "probability": round(ranked.probability, 6),
        "reasons": [in_words(reason) for reason in ranked.reasons],
        "against": in_words(ranked.against) if ranked.against else None,
    }
