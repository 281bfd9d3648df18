from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from crm.sheets.vcard_out import Card, write_vcards

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=120)


def written(card: Card) -> bytes:
    stream = io.BytesIO()
    write_vcards([card], stream)
    return stream.getvalue()


def unfolded(content: bytes) -> list[str]:
    return content.replace(b"\r\n ", b"").decode().split("\r\n")


def test_signs_of_the_form_are_escaped():
    lines = unfolded(written(Card(uid="x", name="Åse; Bær, sønn\nEND:VCARD", organisation="A\\B")))
    assert lines[3] == r"FN:Åse\; Bær\, sønn\nEND:VCARD"
    assert "ORG:A\\\\B" in lines
    assert lines.count("END:VCARD") == 1


@given(name=TEXTS, title=TEXTS)
def test_every_card_has_its_lines_and_none_is_too_long(name: str, title: str):
    content = written(Card(uid="x", name=name, title=title))
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    lines = unfolded(content)
    assert (lines[0], lines[-2], lines[-1]) == ("BEGIN:VCARD", "END:VCARD", "")
    assert [line.split(":")[0] for line in lines[2:5]] == ["UID", "FN", "N"]
