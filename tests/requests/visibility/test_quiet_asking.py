"""Asking quietly: the words of the pages, and a form that points at what would tell the name.

That nobody reads the name who may not know it is proved in tests/house/test_quiet_names.py.
"""

import pytest
from django.urls import reverse

from circles.models import Ring
from requests.catalogue import QUIET, Category, RequestKind
from requests.forms.quiet_asking import name_in
from requests.models import HelpRequest
from tests.cast import ask_for_company, draft, join, make_person, now
from tests.circles.pages import errors, signed_in, text
from tests.requests.filled_in import ask_fields

pytestmark = pytest.mark.django_db

KINDS = {
    "walk": {"kind": RequestKind.EMOTIONAL, "category": Category.WALK},
    "company": {"kind": RequestKind.INSTRUMENTAL, "category": Category.COMPANY},
    "question": {"kind": RequestKind.INFORMATIONAL, "category": Category.QUESTION},
}


# The words of the pages --------------------------------------------------------------------------------------


def quiet(asker, circle, kind, **fields):
    """Published, quiet, whenever suits."""
    asked = draft(asker, circle, quietly=True, **KINDS[kind], **fields)
    asked.set_times(timing="none" if kind == "question" else "whenever", at=now())
    asked.publish(by=asker, at=now(), up_to=Ring.EVERYONE)
    return asked


def test_something_practical_is_offered_and_gets_a_yes_too(ada, bo, street):
    asked = quiet(ada, street, "company", title="To the clinic")
    page = text(signed_in(bo).get(asked.get_absolute_url()))
    assert "Someone in your circle, in Our street" in page
    assert "Offer this" in page and "Who does what, when" in page
    assert "Ada" not in page and "When it is too much" not in page

    signed_in(bo).post(asked.slots.get().get_absolute_url())
    claim = asked.slots.get().claims.get()
    mine = text(signed_in(ada).get(asked.get_absolute_url()))
    assert "Somebody offers to help" in mine and "Yes, please" in mine and "learns your name" in mine
    assert "You offered. Someone in your circle will say." in text(
        signed_in(bo).get(asked.get_absolute_url())
    )
    assert "Yes, please" in text(signed_in(ada).get(claim.get_absolute_url()))
    signed_in(ada).post(reverse("claim_accept", args=[claim.pk]))

    assert "Ada, in Our street" in text(signed_in(bo).get(asked.get_absolute_url()))


def test_the_crisis_box_stands_beside_what_is_emotional_alone(ada, bo, street):
    box = "When it is too much"

    assert {
        kind: box in text(signed_in(bo).get(quiet(ada, street, kind).get_absolute_url())) for kind in KINDS
    } == {
        "walk": True,
        "company": False,
        "question": False,
    }


def test_whoever_asks_quietly_reads_that_it_is_so(ada, olga, bo, street):
    url = quiet(ada, street, "walk").get_absolute_url()

    assert ["Asked quietly" in text(signed_in(who).get(url)) for who in (ada, olga, bo)] == [
        True,
        True,
        False,
    ]


def test_after_a_promise_has_ended_the_name_is_not_said_any_more(ada, bo, street):
    asked = quiet(ada, street, "walk")
    claim = asked.slots.get().claim(by=bo, at=now())
    claim.accept(by=ada, at=now())
    assert "Ada, in" in text(signed_in(bo).get(asked.get_absolute_url()))

    claim.release(by=bo, at=now())

    assert "Ada" not in text(signed_in(bo).get(asked.get_absolute_url()))


# The form ----------------------------------------------------------------------------------------------------

EMOTIONAL = "/requests/new/emotional/"


def quiet_fields(circle, **typed):
    """A walk, asked quietly."""
    return ask_fields(
        circle,
        **{"category": "walk", "title": "A walk", "wanted": "listen", "quietly": "on", "up_to": "3", **typed},
    )


def test_one_ticks_a_box_and_is_told_what_may_still_tell(client, ada, bo, street):
    client.force_login(ada)

    page = client.get(f"{EMOTIONAL}?category=walk")
    client.post(EMOTIONAL, quiet_fields(street, address="12 Lime Street", phone="+351 555 0101"))

    asked = HelpRequest.objects.get()
    assert "The area, and what you write, may still tell who you are" in text(page)
    assert (asked.quietly, asked.needs_yes, asked.is_open) == (True, True, True)
    seen = text(signed_in(bo).get(asked.get_absolute_url()))
    assert "Someone in your circle" in seen
    assert not any(word in seen for word in ("Ada", "Lime", "555 0101"))


@pytest.mark.parametrize("category", sorted({c for c in Category if c not in QUIET}))
def test_what_happens_in_a_home_or_with_children_is_never_quiet(category, client, ada, street):
    client.force_login(ada)
    kind = "emotional" if category == "sit" else "instrumental"
    typed = {"childcare-ages": "3 and 5", "ride-to": "The clinic"}

    response = client.post(f"/requests/new/{kind}/", quiet_fields(street, category=category, **typed))

    assert response.status_code == 422
    assert errors(response)["quietly"] == [
        "This can't be asked quietly: whoever helps comes to a home, or to children."
    ]
    assert not HelpRequest.objects.exists()


@pytest.mark.parametrize("field", ["title", "would_help", "would_not_help", "area"])
@pytest.mark.parametrize("words", ["A walk with Ada", "Ada's walk", "Ada", "For Ada-Maria"])
def test_the_own_name_in_the_words_is_pointed_at(field, words, client, ada, street):
    client.force_login(ada)

    response = client.post(EMOTIONAL, quiet_fields(street, **{field: words}))

    assert (response.status_code, list(errors(response))) == (422, [field])


@pytest.mark.parametrize("words", ["Adagio", "A walk", "canada", "ada"])
def test_other_words_are_not(words, client, ada, street):
    client.force_login(ada)

    assert client.post(EMOTIONAL, quiet_fields(street, would_help=words)).status_code == 302


@pytest.mark.parametrize(
    ("text_", "names", "found"),
    [
        ("Call Will at six", ["Will Smith"], "Will"),
        ("It will rain", ["Will Smith"], None),
        ("Ask Smith’s son", ["Will Smith"], "Smith"),
        ("عند زهرة", ["زهرة"], "زهرة"),
        ("José", ["José"], "José"),
        ("x", ["x"], None),
        ("", ["Ada"], None),
        (None, ["Ada"], None),
        ("Anything", [""], None),
    ],
)
def test_a_name_is_found_as_a_word_of_its_own(text_, names, found):
    assert name_in(text_, names) == found


@pytest.mark.parametrize("reach", ["inner", "close", "everyone"])
@pytest.mark.parametrize("field", ["address", "way_in", "phone", "medical_note"])
def test_no_private_field_goes_further_than_to_those_who_come(field, reach, client, ada, street):
    client.force_login(ada)

    response = client.post(EMOTIONAL, quiet_fields(street, **{f"{field}_reach": reach}))

    assert (response.status_code, list(errors(response))) == (422, [f"{field}_reach"])


def test_a_draft_keeps_that_it_is_quiet(client, ada, street):
    client.force_login(ada)
    client.post(EMOTIONAL, quiet_fields(street, put_down="1"))
    asked = HelpRequest.objects.get()

    page = client.get(reverse("request_edit", args=[asked.pk]))
    client.post(reverse("request_edit", args=[asked.pk]), quiet_fields(street, form_key=str(asked.form_key)))

    assert page.context["form"]["quietly"].value() is True
    assert HelpRequest.objects.get().is_open and HelpRequest.objects.get().quietly


def words_of(asked, **typed):
    """What the form for changing an emotional request sends back."""
    fields = {"version": asked.version, "category": "walk", "title": "A walk", "importance": "helps"}
    return {**fields, "wanted": "listen", **typed}


def test_changed_words_stay_quiet(ada, olga, street):
    asked = quiet(ada, street, "walk")
    url = reverse("request_edit", args=[asked.pk])
    for who in (ada, olga):
        client = signed_in(who)
        named = client.post(url, words_of(asked, title="A walk with Ada"))
        moved = client.post(url, words_of(asked, category="sit"))
        wide = client.post(url, words_of(asked, phone_reach="everyone"))
        assert [list(errors(page)) for page in (named, moved, wide)] == [
            ["title"],
            ["category"],
            ["phone_reach"],
        ]

    assert signed_in(ada).post(url, words_of(asked, title="A short walk")).status_code == 302
    assert HelpRequest.objects.get().quietly


def test_the_panel_keeps_the_name_out_of_the_words_too(ada, olga, street):
    asked = quiet(ada, street, "walk", title="A walk")
    url = f"/organize/requests/helprequest/{asked.pk}/change/"
    fields = {"version": "1", "importance": "helps", "title": "Ada would like a walk"}

    page = signed_in(olga).post(url, fields)

    assert "whoever reads it knows who asks" in text(page)
    assert HelpRequest.objects.get().title == "A walk"


def test_somebody_who_is_nobody_yet_reads_no_name_in_the_past_either(ada, bo, olga, street):
    asked = ask_for_company(ada, street, quietly=True)
    asked.close(by=ada, at=now())
    cleo = make_person("Cleo")
    join(street, cleo, by=olga)

    pages = {who: text(signed_in(who).get("/requests/?state=closed")) for who in (ada, olga, bo, cleo)}

    assert {who: "Someone in your circle, Our street" in page for who, page in pages.items()} == {
        ada: False,
        olga: False,
        bo: True,
        cleo: True,
    }
