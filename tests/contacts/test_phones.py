from __future__ import annotations

import phonenumbers
from hypothesis import given
from hypothesis import strategies as st

from crm.contacts.drafts import show_phone


@given(st.from_regex(r"\+47[2-9][0-9]{7}", fullmatch=True))
def test_norwegian_numbers_are_written_as_the_library_writes_them(number: str):
    parsed = phonenumbers.parse(number, "NO")
    written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    assert show_phone(number) == written
