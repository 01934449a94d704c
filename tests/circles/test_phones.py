"""Telephone numbers: shown as typed, dialled as meant."""

import pytest

from circles.forms.phone_member import ByPhoneForm
from circles.phones import pieces

BERLIN, LISBON = "Europe/Berlin", "Europe/Lisbon"
# What somebody wrote, where, and what a telephone dials.
WRITTEN = [
    ("+49 (0)30 5550101", LISBON, ["+49-30-5550101"]),
    ("030/5550101", BERLIN, ["+49-30-5550101"]),
    ("030/123", BERLIN, ["+49-30-123"]),
    ("030 123456 / 0171 2345678", BERLIN, ["+49-30-123456", "+49-171-2345678"]),
    ("030 123456, or 0171 2345678 after six", BERLIN, ["+49-30-123456", "+49-171-2345678"]),
    ("tel:+351 21 555 0101", BERLIN, ["+351-21-555-0101"]),
    ("\u202a+351 21 555 0101\u202c", LISBON, ["+351-21-555-0101"]),
    ("\uff0b351 215550101", LISBON, ["+351-21-555-0101"]),
    ("+351\u201121\u2011555\u20110101 ext. 12", LISBON, ["+351-21-555-0101;ext=12"]),
    ("+351\u221221\u2212555\u22120101", LISBON, ["+351-21-555-0101"]),
    ("21 555 0101", LISBON, ["+351-21-555-0101"]),
    ("555 0107", LISBON, ["5550107"]),
    ("+351 555 0101", LISBON, ["+3515550101"]),
    ("020 7946 0018", "GB", ["+44-20-7946-0018"]),
    ("022 2555 0101", "Asia/Calcutta", ["+91-22-2555-0101"]),
    ("112", LISBON, ["112"]),
    ("+49 1", LISBON, []),
    ("ring twice", LISBON, []),
    ("", LISBON, []),
    ("21 555 0101", "UTC", ["215550101"]),
    ("(212) 555-0101", "America/New_York", ["+1-212-555-0101"]),
]


@pytest.mark.parametrize(("written", "zone", "dialled"), WRITTEN, ids=ascii)
def test_it_is_shown_as_written_and_dialled_as_meant(written, zone, dialled):
    found = pieces(written, zone)

    assert "".join(text for text, _href in found) == written
    assert [href.removeprefix("tel:") for _text, href in found if href] == dialled


@pytest.mark.parametrize(
    "written", [row[0] for row in WRITTEN if len(row[2]) == 1 and row[0] != "112"], ids=ascii
)
def test_what_can_be_dialled_can_be_written_down(street, olga, written):
    form = ByPhoneForm({"name": "Rosa", "phone": written, "form_key": "0" * 32}, by=olga, circle=street)

    assert "phone" not in form.errors


@pytest.mark.parametrize("written", ["my sister's", "112", "?"])
def test_what_nobody_can_dial_is_refused_in_words(street, olga, written):
    form = ByPhoneForm({"name": "Rosa", "phone": written, "form_key": "0" * 32}, by=olga, circle=street)

    assert form.errors["phone"] == ["Write it in digits, as one would dial it."]
