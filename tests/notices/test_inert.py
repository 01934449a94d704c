"""In the mail of a stranger words stay words: nothing in them becomes a link."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circles.models import Person
from supportnet.notices import inert, kinds, rendering
from supportnet.notices.models import Notice
from tests import cast
from tests.cast import now

anywhere = pytest.mark.anywhere
# What mail programs take for an address: after linkify-it and Apple's and Google's own documents.
LINKED = re.compile(
    r"[a-z][a-z0-9+.-]*:/|www\.|[\w-]+(\.[\w-]+)*\.[^\W\d_]{2}|\S@\w|\d+\.\d+\.\d+\.\d+", re.IGNORECASE
)
ADDRESSES = [
    *(
        "https://evil.example",
        "http:/evil.example",
        "HTTPS:\\\\evil.example/x?y=z",
        "evil.example",
        "www.evil.example",
    ),
    *(
        "me@evil.example",
        "mailto:me@evil.example",
        "tel:+49305550101",
        "ftp://evil.example",
        "1.2.3.4",
        "evil。example",
    ),
    *(
        "evil.exa\u200bmple",
        "e\u00advil.example",
        "sub.evil.co.uk/a.b",
        "пример.рф",
        "उदाहरण.भारत",
        "x.y.example",
    ),
    *(
        "javascript:alert(1)",
        "bit.ly/x,evil.org",
        "http://１.２.３.４/",
        "evil.example.",
        "(evil.example)",
        "a.evil.example:80",
    ),
]


@anywhere
@pytest.mark.parametrize("address", ADDRESSES)
def test_no_address_is_left(address):
    assert not LINKED.search(inert.defuse(f"Verify at {address} today"))


@anywhere
@pytest.mark.parametrize(
    "words",
    [
        "We sing in the same choir. See you on 24.12.2026 at 18.00.",
        "J.R.R. and I: e.g. on Tuesdays, z.B. dienstags, 3.5 km; c/o Ada.",
        "علی‌رضا و من … same street, no. 5",
    ],
)
def test_plain_words_stay_as_they_are(words):
    assert inert.defuse(words) == words


NUMBERS = [
    *(
        "0900 123456",
        "+49 30 5550101",
        "(030) 555-0101",
        "555.0101.22",
        "０９００１２３４５６",
        "+1–555–010–1234",
    ),
    *(
        "0900\u00a0123\u00a0456",
        "tel: 0900123456",
        "118 118",
        "0900/123 456",
        "٠٩٠٠١٢٣٤٥٦",
        "09\u200b00 123456",
        "24 12 2026",
    ),
    *("40.12.2026", "5\ufe0f\u20e35\ufe0f\u20e35\ufe0f\u20e30\ufe0f\u20e31\ufe0f\u20e30\ufe0f\u20e3"),
]


@anywhere
@pytest.mark.parametrize("number", NUMBERS)
def test_no_number_is_left_to_ring(number):
    made = inert.defuse(f"Please ring {number} today")

    assert sum(sign.isdecimal() for sign in made) == 2
    assert made.startswith("Please ring ") and made.endswith(" today")


@anywhere
@pytest.mark.parametrize(
    "words",
    [
        "On 24.12.2026, 24/12/26, 12/24/2026, 2026-12-24 or 24.12.2026 18.00; in 2019–2024, 2019/2020.",
        "Bis 24. Dezember 2026 18:00, ٢٤.١٢.٢٠٢٦.",
        "At 18:00–19:30, for 4 or 12 people, 10115 Berlin, no. 5, 1.000 times, 24-28 Lime Street.",
    ],
)
def test_days_and_small_numbers_stay_as_they_are(words):
    assert inert.defuse(words) == words


@anywhere
@given(st.text(alphabet="1290 ./-+()ab", max_size=30))
def test_whatever_is_typed_nothing_is_left_to_ring(text):
    assert not inert.has_number(inert.defuse(text))


@anywhere
@given(st.text(alphabet="ab.:/@wht1。 \u200b<>-", max_size=25))
def test_whatever_is_typed_no_address_is_left(text):
    assert not re.search(r"[a-z]:/|[ab]\.[ab]{2}|\S@[abwht]", inert.defuse(text))


@anywhere
def test_the_letters_own_address_stays_where_it_stands_alone():
    own = "https://here.example/join/abc/"

    assert inert.defuse(f"{own}\n“{own}x” evil.example", keep=[own]).splitlines() == [
        own,
        "“here[.]example/join/abc/x” evil[.]example",
    ]


def letters_to_strangers(street, olga):
    """(subject, text, html) of an invitation and of a question, all words of them addresses."""
    evil = "Verify at https://evil.example/now or evil.example, or ring +49 900 555 01 01"
    invitation = street.invite(email="new@example.org", how_they_know=evil, by=olga, at=now())
    Person.objects.filter(pk=olga.pk).update(name=f"{evil[:-7]}\r\nx@evil.example"[:80])
    type(street).objects.filter(pk=street.pk).update(name=evil)
    consent = type(street).consent.field.related_model.objects.ask(
        name="Rosa", email="rosa@example.org", how_they_know=evil, by=olga, at=now()
    )
    type(consent).objects.filter(pk=consent.pk).update(name=evil)
    assert invitation and consent
    for notice in Notice.objects.filter(reader=None):
        kind = kinds.find(notice.kind)
        message = rendering.compose(
            kind, [notice], [kind.causes([notice.cause_id])[notice.cause_id]], at=now()
        )
        yield kind.name, message


def test_nothing_that_a_stranger_wrote_is_a_link(street, olga):
    mails = dict(letters_to_strangers(street, olga))

    assert set(mails) == {"invitation", "consent_asked"}
    for mail in mails.values():
        html = mail.alternatives[0].content
        words = re.sub("<[^>]*>", " ", html[html.index("<body") :])
        own = [word for word in mail.body.split() if LINKED.search(word)]
        assert [
            word for word in own if not word.startswith("http://localhost") and "testserver" not in word
        ] == []
        assert not LINKED.search(words)
        assert "evil" in words and "evil" in mail.body
        assert "ring +49 •••" in words and "ring +49 •••" in mail.body
        assert "555" not in words + mail.body + mail.subject
        assert not LINKED.search(mail.subject) and "\n" not in mail.subject
        assert "evil.example" not in "".join(re.findall('(?:href|src)="([^"]*)"', html))


# They go to an address that is the reader's no more, and hold nobody's words.
OF_THE_HOUSE = {"address_changed", "address_restored"}


def test_every_kind_that_goes_to_somebody_without_an_account_is_made_so():
    strangers = {kind for kind in kinds.all_kinds() if kind.has_own_link or not kind.needs_verified}

    assert strangers
    assert {kind.name for kind in strangers if not kind.from_strangers} == OF_THE_HOUSE


def test_among_members_an_address_stays_one(street, ada, olga):
    supper = cast.ask(ada, street, title="Supper, see lime.example")
    claim = supper.slots.get().claim(by=olga, at=now())
    notice = Notice.objects.get(kind="claim_confirmed", reader=olga)
    kind = kinds.find("claim_confirmed")

    mail = rendering.compose(kind, [notice], [kind.causes([claim.pk])[claim.pk]], at=now())

    assert "[.]" not in mail.body
