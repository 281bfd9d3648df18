"""A handful of companies and needs every test of the matchmaker knows."""

from __future__ import annotations

import pytest

from crm.matchmaker.profiles import CompanyProfile, NeedProfile
from crm.matchmaker.ranking.ranker import Matchmaker


@pytest.fixture(scope="session")
def companies() -> list[CompanyProfile]:
    return [
        CompanyProfile(
            key="physio",
            name="FYSIO AS",
            text="Fysioterapi og opptrening etter skade, og det som naturlig faller sammen med dette.",
            nace=("86.950",),
            nace_names=("Fysioterapi",),
            employees=4,
            municipality_no="3420",
            latitude=60.88,
            longitude=11.56,
            segments=("helse",),
        ),
        CompanyProfile(
            key="clinic",
            name="KLINIKKEN AS",
            text="Behandling av pasienter.",
            nace=("86.950",),
            nace_names=("Fysioterapi",),
            employees=25,
            municipality_no="3403",
        ),
        CompanyProfile(
            key="digger",
            name="GRAV AS",
            text="Entreprenør med maskiner til graving av tomter.",
            nace=("43.120",),
            nace_names=("Grunnarbeid",),
            employees=60,
            municipality_no="0301",
            latitude=59.91,
            longitude=10.75,
            segments=("beredskap",),
        ),
        CompanyProfile(
            key="baker", name="BAKER AS", text="Bakeri og kafé.", nace=("10.710",), nace_names=("Bakeri",)
        ),
        CompanyProfile(key="silent", name="TAUS AS"),
    ]


@pytest.fixture(scope="session")
def need() -> NeedProfile:
    return NeedProfile(
        key="rehab",
        title="Opptrening",
        text="Vi trenger fysioterapeuter som kan ta imot pasienter til opptrening etter operasjon.",
        segments=("helse",),
        municipality_no="3420",
        latitude=60.88,
        longitude=11.56,
    )


@pytest.fixture(scope="session")
def fitted(companies: list[CompanyProfile]) -> Matchmaker:
    return Matchmaker().fit(companies)
