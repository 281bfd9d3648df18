"""Where the shared data lies, and a register of our own on the loopback."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

SHARED_DATA = Path(os.environ.get("CRM_SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    if not SHARED_DATA.is_dir():
        pytest.skip("the shared reference data is not here; set CRM_SHARED_DATA")
    return SHARED_DATA


@pytest.fixture
def company() -> dict[str, object]:
    """An invented company in the register's own shape."""
    return {
        "organisasjonsnummer": "811111112",
        "navn": "FJELLVIND ANALYSE AS",
        "organisasjonsform": {"kode": "AS", "beskrivelse": "Aksjeselskap"},
        "naeringskode1": {"kode": "62.100", "beskrivelse": "Programmering"},
        "naeringskode2": {"kode": "86.210", "beskrivelse": "Allmenn legetjeneste"},
        "antallAnsatte": 12,
        "harRegistrertAntallAnsatte": True,
        "hjemmeside": "fjellvind.example",
        "forretningsadresse": {
            "adresse": ["Storgata 1", "", None],
            "postnummer": "2406",
            "poststed": "ELVERUM",
            "kommune": "ELVERUM",
            "kommunenummer": "3420",
            "land": "Norge",
            "landkode": "NO",
        },
        "institusjonellSektorkode": {"kode": "2100", "beskrivelse": "Private aksjeselskaper mv."},
        "sisteInnsendteAarsregnskap": "2025",
        "registreringsdatoEnhetsregisteret": "2019-03-04",
        "stiftelsesdato": "2019-02-01",
        "konkurs": False,
        "underAvvikling": True,
        "underAvviklingDato": "2026-05-06",
        "registrertIMvaregisteret": True,
        "maalform": "Nynorsk",
        "vedtektsfestetFormaal": ["Utvikling av", "måleutstyr ", "for fjellet."],
        "aktivitet": "Måling.",
        "kapital": {"belop": 30000.0, "antallAksjer": 2556807512, "valuta": "NOK"},
        "historiskeNavn": [{"navn": "VINDFJELL AS", "fraDato": "2019-03-04", "tilDato": "2020-01-01"}],
        "respons_klasse": "Enhet",
    }


@pytest.fixture
def bulk_of(tmp_path: Path) -> Callable[..., str]:
    """Writes records as a gzipped bulk file and gives its path."""

    def write(*records: object, name: str = "enheter.json.gz") -> str:
        path = tmp_path / name
        path.write_bytes(gzip.compress(json.dumps(records, ensure_ascii=False).encode()))
        return str(path)

    return write
