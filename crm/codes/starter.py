"""The small starting set of codes, used until ``codes load`` brings the official tables.

Facts only: industry divisions and one-to-one successors from Statistics Norway (Klass, CC BY 4.0),
municipalities with the middle of each from Kartverket (CC BY 4.0).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

DIVISIONS = {
    "01": "Jordbruk og jakt",
    "02": "Skogbruk",
    "03": "Fiske og havbruk",
    "10": "Næringsmidler",
    "11": "Drikkevarer",
    "13": "Tekstiler",
    "14": "Klær",
    "16": "Trelast og trevarer",
    "18": "Trykking",
    "20": "Kjemikalier",
    "21": "Legemidler",
    "22": "Gummi- og plastprodukter",
    "25": "Metallvarer",
    "26": "Elektronikk og optikk",
    "27": "Elektrisk utstyr",
    "28": "Maskiner og utstyr",
    "29": "Motorvogner",
    "30": "Andre transportmidler",
    "31": "Møbler",
    "32": "Annen industri",
    "33": "Reparasjon og installasjon av maskiner",
    "35": "Kraft- og varmeforsyning",
    "36": "Vannforsyning",
    "37": "Avløp",
    "38": "Avfall og gjenvinning",
    "39": "Miljørydding",
    "41": "Oppføring av bygninger",
    "42": "Anleggsvirksomhet",
    "43": "Spesialisert bygge- og anleggsvirksomhet",
    "46": "Engroshandel",
    "47": "Detaljhandel",
    "49": "Landtransport",
    "50": "Sjøfart",
    "51": "Lufttransport",
    "52": "Lagring og transporttjenester",
    "53": "Post og bud",
    "55": "Overnatting",
    "56": "Servering",
    "58": "Forlag og programvareutgivelse",
    "59": "Film og lyd",
    "61": "Telekommunikasjon",
    "62": "IT-utvikling og IT-rådgivning",
    "63": "Datainfrastruktur og informasjonstjenester",
    "64": "Finansiering",
    "68": "Eiendom",
    "69": "Juss og regnskap",
    "70": "Hovedkontor og bedriftsrådgivning",
    "71": "Arkitekter, ingeniører og teknisk prøving",
    "72": "Forskning og utvikling",
    "73": "Reklame og markedsundersøkelser",
    "74": "Annen faglig virksomhet",
    "75": "Veterinærer",
    "77": "Utleie og leasing",
    "78": "Bemanning",
    "79": "Reiseliv",
    "80": "Vakt og sikkerhet",
    "81": "Drift av bygg og uteområder",
    "82": "Forretningsmessig tjenesteyting",
    "84": "Offentlig administrasjon og forsvar",
    "85": "Undervisning",
    "86": "Helsetjenester",
    "87": "Omsorg med botilbud",
    "88": "Omsorg uten botilbud",
    "90": "Kunst",
    "91": "Bibliotek og museer",
    "93": "Idrett og fritid",
    "94": "Medlemsorganisasjoner",
    "95": "Reparasjon",
    "96": "Personlige tjenester",
}

SUCCESSORS = {
    "14.120": "14.230",
    "25.400": "25.300",
    "25.620": "25.530",
    "26.800": "26.700",
    "52.299": "52.250",
    "55.101": "55.100",
    "55.102": "55.100",
    "55.201": "55.200",
    "55.202": "55.200",
    "56.101": "56.110",
    "56.290": "56.220",
    "61.300": "61.100",
    "62.010": "62.100",
    "62.020": "62.200",
    "62.030": "62.200",
    "72.110": "72.100",
    "72.190": "72.100",
    "78.300": "78.200",
    "79.120": "79.122",
    "80.100": "80.010",
    "80.200": "80.090",
    "80.300": "80.010",
    "85.421": "85.401",
    "85.423": "85.403",
    "85.424": "85.403",
    "85.429": "85.403",
    "86.102": "86.101",
    "86.104": "86.102",
    "86.105": "86.104",
    "86.211": "86.210",
    "86.901": "86.941",
    "86.902": "86.950",
    "86.903": "86.942",
    "86.904": "86.992",
    "86.905": "86.930",
    "87.202": "87.201",
    "87.203": "87.202",
    "87.301": "87.106",
    "87.304": "87.104",
    "87.305": "87.105",
    "96.040": "96.230",
}

_MUNICIPALITIES = Path(__file__).with_name("data") / "municipalities.csv"


class Place(NamedTuple):
    """A municipality; latitude and longitude in WGS84 degrees."""

    number: str
    name: str
    county: str
    latitude: float
    longitude: float


def municipalities() -> Iterator[Place]:
    """The municipalities of 2024."""
    with _MUNICIPALITIES.open(encoding="utf-8", newline="") as lines:
        for row in csv.reader((line for line in lines if not line.startswith("#")), delimiter=";"):
            number, name, county, latitude, longitude = row
            yield Place(number, name, county, float(latitude), float(longitude))
