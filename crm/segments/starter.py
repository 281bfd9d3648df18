"""The segments a new installation begins with; the programme changes them as it likes."""

from __future__ import annotations

SEGMENTS = (
    ("helse", "Helse", "Helse", "Health", "info"),
    ("livsstil", "Livsstil", "Livsstil", "Lifestyle", "success"),
    ("beredskap", "Beredskap", "Beredskap", "Preparedness", "warning"),
)

# Beginnings of SN2025 codes. A proposal of our own, to be argued about by those who know the programme.
CORE = {
    "helse": "21 26.600 32.500 86 87 88.101 88.104",
    "livsstil": "55.200 79.121 79.122 86.992 93.110 93.120 93.130 93.190 93.291 96.230",
    "beredskap": "14.230 25.300 30.130 30.320 30.400 33.180 80.010 80.090 84.220 84.240 84.250 86.921 86.922",
}
ADJACENT = {
    "helse": (
        "10.860 46.460 47.730 47.740 58.290 62.100 62.200 63.100 71.200 72.100 78.200 85.401 85.403 88 96.100"
    ),
    "livsstil": (
        "10.890 55.100 55.300 56.110 56.220 79.901 85.510 85.591 86.960 88.102 93.210 93.292 96.220"
    ),
    "beredskap": (
        "13.960 22.260 25.530 26.110 26.300 26.510 26.700 30.310 32.990 33.130 33.160 35.160 36.000 42.990 "
        "49.410 51.100 52.100 52.250 56.220 61.100 62.200 63.100 71.122 71.123 71.129 71.200 77.390"
    ),
}
