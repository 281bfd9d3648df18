"""An organisation number comes in many spellings and leaves in one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.errors import InvalidInput
from crm.orgnr import format_orgnr, parse_orgnr

# Made up as the authorities do it: the month is moved by eighty, both check digits fit.
PERSONAL = "01819000049"


def refusal(text: str, *, demo: bool = False) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        parse_orgnr(text, demo=demo)
    return caught.value


@pytest.mark.parametrize(
    "text",
    [
        "974760673",
        "974 760 673",
        "974\u00a0760\u00a0673",
        "  974760673\n",
        "NO974760673MVA",
        "no 974 760 673 mva",
        "974760673MVA",
        "974.760.673",
        "974-760-673",
        "\u200b974760673\u2060",
        "９７４７６０６７３",
    ],
)
def test_every_usual_spelling_is_the_same_number(text: str) -> None:
    assert parse_orgnr(text) == "974760673"


@pytest.mark.parametrize("text", ["97476067", "9747606730", "97476", "abc", "NO", "٩٧٤٧٦٠٦٧٣"])
def test_what_has_not_nine_digits_is_told_what_was_seen(text: str) -> None:
    error = refusal(text)
    assert error.field == "orgnr"
    assert error.values["code"] in {"ORG_LENGTH", "ORG_EMPTY"}
    assert text in str(error) or text == "NO"


def test_the_sentence_is_the_one_the_design_gives() -> None:
    assert str(refusal("97476")) == "Et organisasjonsnummer har ni sifre, fikk «97476»."


@pytest.mark.parametrize("text", ["", "   ", "\u200b"])
def test_nothing_is_no_number(text: str) -> None:
    assert refusal(text).values["code"] == "ORG_EMPTY"


def test_a_wrong_check_digit_is_refused() -> None:
    assert refusal("974760674").values["code"] == "ORG_CHECKSUM"


@pytest.mark.parametrize("text", ["000000000", "123456785", "211111119", "312345676"])
def test_only_numbers_that_begin_with_eight_or_nine_exist(text: str) -> None:
    assert refusal(text).values["code"] == "ORG_SERIES"


def test_a_demonstration_lets_in_the_made_up_series_and_no_more() -> None:
    assert parse_orgnr("211 111 119", demo=True) == "211111119"
    assert parse_orgnr("312345676", demo=True) == "312345676"
    assert parse_orgnr("974760673", demo=True) == "974760673"
    assert refusal("000000000", demo=True).values["code"] == "ORG_SERIES"


@pytest.mark.parametrize("text", ["97476O673", "9747606l3", "I74760673"])
def test_letters_that_look_like_digits_get_a_hint(text: str) -> None:
    error = refusal(text)
    assert error.values["code"] == "ORG_LETTER"
    assert "bokstaven O" in str(error)


@pytest.mark.parametrize(
    "text", [PERSONAL, f" {PERSONAL[:6]} {PERSONAL[6:]} ", f"{PERSONAL[:6]}-{PERSONAL[6:]}"]
)
def test_a_personal_number_is_refused_and_never_repeated(text: str) -> None:
    error = refusal(text)
    assert error.values["code"] == "PERSONAL_ID"
    shown = f"{error} {error.values} {error.args} {error!r}"
    assert not any(char.isdigit() for char in str(error))
    assert PERSONAL not in shown
    assert PERSONAL[:6] not in shown


def test_a_personal_number_with_a_slip_of_the_pen_is_not_repeated_either() -> None:
    error = refusal("01819000048")
    assert error.values["code"] == "ORG_LENGTH"
    assert "0181900" not in f"{error} {error.values}"


def test_a_personal_number_among_words_is_not_repeated() -> None:
    assert PERSONAL not in str(refusal(f"Kari {PERSONAL}"))


def test_a_message_is_short_and_on_one_line_whatever_was_written() -> None:
    error = refusal("x\r\n" * 100_000)
    assert len(str(error)) < 150
    assert "\n" not in str(error)


def test_a_number_is_shown_in_threes_no_line_break_parts() -> None:
    assert format_orgnr("974760673") == "974\u00a0760\u00a0673"
    assert parse_orgnr(format_orgnr("974760673")) == "974760673"


@given(st.text())
def test_any_text_gives_nine_digits_or_a_refusal(text: str) -> None:
    try:
        number = parse_orgnr(text)
    except InvalidInput:
        return
    assert number.isascii()
    assert number.isdigit()
    assert len(number) == 9


@given(st.integers(min_value=10_000_000, max_value=99_999_999))
def test_one_wrong_digit_is_always_caught(stem: int) -> None:
    digits = f"9{stem:08d}"
    try:
        parse_orgnr(digits)
    except InvalidInput:
        return
    other = digits[:4] + str((int(digits[4]) + 1) % 10) + digits[5:]
    assert refusal(other).values["code"] == "ORG_CHECKSUM"
