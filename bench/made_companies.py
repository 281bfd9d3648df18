"""Companies and needs made for measuring: phrases of real purposes put together anew, always the same."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

from crm.matchmaker.profiles import CompanyProfile, NeedProfile

OWN_PHRASES = (
    ("43.120", "Graving og planering av tomter"),
    ("43.120", "Utleie av maskiner med fører til bygg og anlegg"),
    ("43.210", "Elektrisk installasjonsarbeid i boliger og industri"),
    ("86.950", "Fysioterapi og opptrening etter skade"),
    ("86.950", "Behandling av muskler og skjelett på klinikk"),
    ("62.100", "Utvikling av programvare for helse og omsorg"),
    ("62.100", "Konsulenttjenester innen informasjonsteknologi"),
    ("47.110", "Butikkhandel med dagligvarer og ferskvarer"),
    ("56.110", "Drift av restaurant, kafé og selskapslokaler"),
    ("68.200", "Utleie og forvaltning av egen fast eiendom"),
    ("02.100", "Skogsdrift, planting og salg av tømmer"),
    ("49.410", "Transport av gods på vei"),
    ("93.110", "Drift av idrettsanlegg og treningssenter"),
    ("71.129", "Rådgivende ingeniører innen bygg, vann og avløp"),
    ("84.250", "Beredskap, brannvern og kursing i førstehjelp"),
    ("85.592", "Kurs og opplæring for voksne"),
)
_CUT = re.compile(r"[.;:,]\s+|\s+samt\s+|\s+og (?=[a-zæøå]{6})")
_PLACES = 5_000


class Maker:
    """Companies of real industries; two phrases in three come from the industry, the rest from anywhere."""

    def __init__(self, data: Path, seed: int = 1) -> None:
        self.random = random.Random(seed)
        self.phrases = list(dict.fromkeys(_phrases(data))) or list(OWN_PHRASES)
        self.alike: dict[str, list[str]] = {}
        for code, phrase in self.phrases:
            self.alike.setdefault(code, []).append(phrase)
        draw = self.random.uniform
        self.places = [(round(draw(58, 70), 4), round(draw(5, 25), 4)) for _ in range(_PLACES)]

    def text(self, code: str, length: int) -> str:
        """So many phrases, two in three of the industry."""
        own = self.alike[code]
        drawn = [
            self.random.choice(own) if self.random.random() < 0.67 else self.random.choice(self.phrases)[1]
            for _ in range(length)
        ]
        return ", ".join(drawn) + "."

    def company(self, number: int) -> CompanyProfile:
        code = self.random.choice(self.phrases)[0]
        second = self.random.choice(self.phrases)[0] if self.random.random() < 0.1 else code
        latitude, longitude = self.random.choice(self.places)
        return CompanyProfile(
            key=f"{800_000_000 + number}",
            text=self.text(code, self.random.randint(3, 8)),
            nace=tuple(dict.fromkeys((code, second))),
            nace_standard="SN2007",
            employees=self.random.choice([None, 0, 1, 3, 5, 12, 20, 45, 80, 300]),
            latitude=latitude,
            longitude=longitude,
        )

    def companies(self, count: int) -> Iterator[CompanyProfile]:
        return (self.company(number) for number in range(count))

    def need(self, number: int) -> NeedProfile:
        code = self.random.choice(self.phrases)[0]
        latitude, longitude = self.random.choice(self.places)
        return NeedProfile(
            key=f"n{number:04}", text=self.text(code, 3), latitude=latitude, longitude=longitude
        )


def _phrases(data: Path) -> Iterator[tuple[str, str]]:
    """The phrases of the samples' purposes with their industries; none where the samples are missing."""
    for name in ("enheter-selection", "2023-enheter", "2024-enheter"):
        path = data / "register" / f"{name}.json.gz"
        for unit in json.loads(gzip.decompress(path.read_bytes())) if path.exists() else []:
            code = unit.get("naeringskode1", {}).get("kode")
            text = " ".join([*unit.get("vedtektsfestetFormaal", []), *unit.get("aktivitet", [])])
            for phrase in _CUT.split(text) if code else []:
                if 8 <= len(phrase) <= 120:
                    yield code, phrase.strip(" .")
