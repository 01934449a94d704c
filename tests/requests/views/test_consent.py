"""The pages of asking for somebody else."""

import datetime as dt

import pytest
from django.test import Client

from circles.models import Circle, Consent, Person
from requests.models import HelpRequest, Slot
from supportnet.notices.models import Notice
from tests.cast import HOUR, draft, join, make_person, now
from tests.circles.pages import errors, signed_in, text
from tests.circles.views.test_consent import OTHER, answer, everything
from tests.requests.filled_in import ask_fields

pytestmark = pytest.mark.django_db
PRACTICAL = "/requests/new/instrumental/"
MINUTE = dt.timedelta(minutes=1)
SECRETS = ("Supper for four", "12 Lime Street", "Our street", "Ada")
BY_MAIL = {
    "whom": "email",
    "whom_name": "Rosa",
    "whom_email": "Rosa@example.org",
    "how_they_know": "Next door.",
}
IN_WORDS = {
    "whom": "no_email",
    "whom_name": "Rosa",
    "recorded_how": "in_person",
    "recorded_note": "Rosa, on Sunday.",
}


@pytest.fixture
def rosa(db):
    return make_person("Rosa")


def ask_for_rosa(client, circle, **fields):
    fields = {**BY_MAIL, "address": "12 Lime Street", **fields}
    return client.post(PRACTICAL, ask_fields(circle, **fields))


def the_one():
    return HelpRequest.objects.get()


@pytest.fixture
def asked(ada, street):
    """Ada's request for rosa, who was asked."""
    client = signed_in(ada)
    client.post(ask_for_rosa(client, street).url, {"do": "send"})
    return the_one()


def url(help_request):
    return help_request.consent.get_absolute_url()


# Asking -----------------------------------------------------------------------------------------------------


def test_the_mail_is_shown_before_it_goes_and_nothing_is_asked(ada, street):
    client = signed_in(ada)

    page = client.get(ask_for_rosa(client, street).url)

    help_request = the_one()
    assert (help_request.state, help_request.consent.state, help_request.whom) == ("draft", "draft", "Rosa")
    assert "A question from Ada" in text(page) and "Next door." in text(page)
    letter = page.context["letter"].body
    assert [words for words in (*SECRETS[:3], help_request.consent.token) if words in letter] == []
    assert not Notice.objects.filter(kind="consent_asked").exists()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"address": "Mill Lane 3"}, ""),
        ({"address": "12 Lime Street"}, "Second bell."),
        ({"address": "Mill Lane 3", "way_in": "Third bell."}, "Third bell."),
        ({"address": "Mill Lane 3", "whom": "me"}, "Second bell."),
    ],
)
def test_the_askers_own_way_in_does_not_lead_to_another_address(ada, street, said, kept):
    Person.objects.filter(pk=ada.pk).update(address="12 Lime Street", way_in="Second bell.")

    ask_for_rosa(signed_in(ada), street, **{"way_in": "Second bell.", **said})

    assert the_one().way_in == kept


def test_it_is_sent_by_a_second_press_and_the_draft_waits(ada, street):
    client = signed_in(ada)
    page = ask_for_rosa(client, street).url

    client.post(page, {"do": "send"})

    assert Notice.objects.get(kind="consent_asked").address == "rosa@example.org"
    words = text(client.get(the_one().get_absolute_url()))
    assert "It waits for a yes from Rosa." in words
    assert "publish" not in client.get(the_one().get_absolute_url()).content.decode()


def test_put_down_for_later_keeps_whom_it_is_for(ada, street):
    client = signed_in(ada)
    ask_for_rosa(client, street, put_down="1")

    form = client.get(f"{the_one().get_absolute_url()}edit/").context["form"]

    assert {name: form[name].value() for name in ("whom", "whom_name", "whom_email", "how_they_know")} == {
        **BY_MAIL,
        "whom_email": "rosa@example.org",
    }
    assert not Notice.objects.filter(kind="consent_asked").exists()


def test_whom_it_is_for_can_be_changed_until_they_were_asked(ada, street):
    client = signed_in(ada)
    ask_for_rosa(client, street, put_down="1")
    edit, fields = f"{the_one().get_absolute_url()}edit/", ask_fields(street, put_down="1")

    client.post(edit, {**fields, **BY_MAIL, "whom_name": "Emil", "whom_email": "emil@example.org"})
    emils = the_one().consent.email
    client.post(edit, {**fields, "whom": "me"})

    assert (emils, the_one().consent, Consent.objects.count()) == ("emil@example.org", None, 0)


def test_once_they_were_asked_the_form_says_for_whom_and_asks_no_more(asked, ada, street):
    client = signed_in(ada)
    edit = f"{asked.get_absolute_url()}edit/"

    page = client.get(edit)
    response = client.post(edit, ask_fields(street, title="Lunch for four", whom="me"))

    assert "For Rosa, whom we ask first." in text(page)
    assert response.url == f"{asked.get_absolute_url()}consent/"
    assert (the_one().title, the_one().whom, the_one().state) == ("Lunch for four", "Rosa", "draft")


def test_pressing_ask_on_the_draft_is_no_way_around(asked, ada):
    response = signed_in(ada).post(f"{asked.get_absolute_url()}publish/")

    assert response.url == f"{asked.get_absolute_url()}consent/"
    assert the_one().state == "draft"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"whom_name": ""}, ["whom_name"]),
        ({"whom_email": "", "how_they_know": ""}, ["how_they_know", "whom_email"]),
        ({"whom_email": "ada@example.org"}, ["whom_email"]),
        ({"whom": "around"}, ["whom"]),
        ({**IN_WORDS}, ["whom"]),
    ],
)
def test_what_is_missing_about_them_is_said(ada, street, fields, wrong):
    response = ask_for_rosa(signed_in(ada), street, **fields)

    assert (response.status_code, sorted(errors(response))) == (422, wrong)
    assert not HelpRequest.objects.exists()


def test_a_keeper_writes_down_a_yes_and_reads_it_again(olga, street, bo):
    client = signed_in(olga)

    ask_for_rosa(client, street, **IN_WORDS)

    help_request = the_one()
    assert (help_request.state, help_request.whom) == ("open", "Rosa")
    page = text(client.get(f"{help_request.get_absolute_url()}consent/"))
    assert "Face to face" in page and "Rosa, on Sunday." in page
    client.post(f"{help_request.get_absolute_url()}consent/", {"do": "withdraw"})
    assert signed_in(bo).get(help_request.get_absolute_url()).status_code == 404


def test_every_keeper_may_take_back_a_yes_that_was_written_down(olga, street, bo):
    ask_for_rosa(signed_in(olga), street, **IN_WORDS)
    page = f"{the_one().get_absolute_url()}consent/"
    assert signed_in(bo).post(page, {"do": "withdraw"}).status_code == 403
    street.memberships.get(person=bo).make_keeper(by=olga, at=now())

    signed_in(bo).post(page, {"do": "withdraw"})

    assert not the_one().is_agreed


def test_who_keeps_the_circle_no_more_writes_down_no_yes_again(olga, street, bo):
    ask_for_rosa(signed_in(olga), street, **IN_WORDS)
    page = f"{the_one().get_absolute_url()}consent/"
    street.memberships.get(person=bo).make_keeper(by=olga, at=now())
    street.memberships.get(person=olga).make_member(by=bo, at=now())
    signed_in(bo).post(page, {"do": "withdraw"})
    record = {"do": "record", "how": "in_person", "note": "Rosa, on Monday."}

    refused = signed_in(olga).post(page, record)

    assert (refused.status_code, the_one().is_agreed) == (422, False)
    assert "Write it down" not in text(signed_in(olga).get(page))


# Before the yes ---------------------------------------------------------------------------------------------


def test_nobody_else_comes_to_any_page_of_it(asked, bo, olga, rosa, mallory):
    slot = asked.slots.get()
    pages = [asked.get_absolute_url() + page for page in ("", "edit/", "consent/")]
    pages += [f"/slots/{slot.pk}/claim/"]

    for person in (bo, olga, rosa, mallory):
        client = signed_in(person)
        assert {client.get(page).status_code for page in pages} == {404}
        for page in ("/", "/requests/", "/circles/", f"/circles/{asked.circle_id}/", "/me/notices/"):
            assert "Supper for four" not in text(client.get(page))
    panel = signed_in(olga).get("/organize/requests/helprequest/?q=Supper")
    assert (panel.status_code, "Supper for four" in text(panel)) == (200, False)


# The person's page ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(method, asked, rosa, ada):
    clients = [Client(), signed_in(rosa), signed_in(ada)]
    before = (everything(), list(HelpRequest.objects.values()))

    for client in clients:
        getattr(client, method)(url(asked))

    assert (everything(), list(HelpRequest.objects.values())) == before


def test_a_link_that_was_passed_on_shows_nothing(asked, ada, bo, mallory):
    for client in (Client(), signed_in(bo), signed_in(mallory)):
        body = client.get(url(asked)).content.decode()
        assert [words for words in (*SECRETS, "Rosa", "rosa@") if words in body] == []
    assert OTHER in text(signed_in(ada).get(url(asked)))


def test_the_person_strikes_out_and_agrees(asked, rosa, bo):
    client = signed_in(rosa)
    page = text(client.get(url(asked)))
    for words in ("Supper for four", "12 Lime Street", "Everybody in Our street", "As soon as it is asked"):
        assert words in page

    answer(client, asked, "agree", struck=["address"])

    assert (the_one().state, the_one().address, the_one().asker) == ("open", "", rosa)
    assert "Rosa" in text(signed_in(bo).get(asked.get_absolute_url()))
    assert "It stands" in text(client.get(url(asked)))


def test_whoever_strikes_out_everybody_is_told_to_say_no_instead(asked, rosa, street):
    client = signed_in(rosa)

    response = answer(client, asked, "agree", struck=[f"wave:circle:{street.pk}:3"])

    assert (response.status_code, the_one().state) == (422, "draft")
    assert "You have struck out everybody who would be asked." in text(response)


def test_a_draft_that_changed_meanwhile_is_looked_at_once_more(asked, rosa, ada):
    client = signed_in(rosa)
    stamp = client.get(url(asked)).context["stamp"]
    asked.edit(by=ada, at=now(), version=asked.version, medical_note="Something else")

    response = client.post(url(asked), {"answer": "agree", "stamp": stamp})

    assert (response.status_code, the_one().state) == (422, "draft")
    assert "Something here has changed" in text(response) and "Something else" in text(response)


@pytest.mark.parametrize("who", ["the circle", "whoever asks"])
def test_a_name_on_the_page_that_is_another_meanwhile_is_looked_at_once_more(
    who, asked, rosa, ada, street, olga
):
    client = signed_in(rosa)
    stamp = client.get(url(asked)).context["stamp"]
    if who == "the circle":
        street.edit(by=olga, at=now(), name="Everybody in town")
    else:
        Person.objects.filter(pk=ada.pk).update(name="Doctor Law")

    response = client.post(url(asked), {"answer": "agree", "stamp": stamp})

    assert (response.status_code, the_one().state) == (422, "draft")


def test_whoever_posted_it_learns_that_nothing_was_added(asked, rosa, ada):
    answer(signed_in(rosa), asked, "agree", struck=["area"])
    client, edit = signed_in(ada), f"{asked.get_absolute_url()}edit/"
    form = client.get(edit).context["form"]
    fields = {name: form[name].value() or "" for name in form.fields}
    left_out = "What Rosa has not agreed to was left out."

    for said, is_left_out in (({"would_help": "Soup"}, False), ({"medical_note": "Weak heart"}, True)):
        version = the_one().version
        page = client.post(edit, {**fields, **said, "version": version}, follow=True)
        assert (left_out in text(page)) == is_left_out
    page = client.post(f"{asked.get_absolute_url()}wishes/", {"pets": "A cat"}, follow=True)
    assert left_out not in text(page)
    assert (the_one().would_help, the_one().medical_note, the_one().visit) == ("", "", {"pets": "A cat"})


def test_after_a_late_yes_another_time_is_asked_at_once_and_other_words_only_after_another(
    asked, rosa, ada, street
):
    Slot.objects.update(starts_at=now() - 2 * HOUR, ends_at=now() - HOUR, open_until=now() - HOUR)
    answer(signed_in(rosa), asked, "agree")
    client, edit = signed_in(ada), f"{asked.get_absolute_url()}edit/"
    fields = ask_fields(street, address="12 Lime Street")

    said = client.post(edit, {**fields, "title": "All about Rosa", "phone": "1"}, follow=True)
    assert (the_one().state, the_one().consent.state, the_one().phone) == ("draft", "waiting", "")
    assert "What Rosa has not agreed to was left out." in text(said)
    answer(signed_in(rosa), asked, "agree")
    assert the_one().state == "open"


def test_after_a_late_yes_another_time_needs_none(asked, rosa, ada, street):
    Slot.objects.update(starts_at=now() - 2 * HOUR, ends_at=now() - HOUR, open_until=now() - HOUR)
    answer(signed_in(rosa), asked, "agree")
    assert the_one().state == "draft"

    fields = ask_fields(street, address="12 Lime Street")
    signed_in(ada).post(f"{asked.get_absolute_url()}edit/", fields)

    assert (the_one().state, the_one().consent.state) == ("open", "stands")


def test_taking_it_back_hides_it_at_once(asked, rosa, bo, ada):
    client = signed_in(rosa)
    answer(client, asked, "agree")
    slot = asked.slots.get()
    slot.claim(by=bo, at=now())

    client.post(url(asked), {"answer": "withdraw"})

    helper = signed_in(bo)
    claim = slot.claims.get()
    for page in (asked.get_absolute_url(), f"/claims/{claim.pk}/", f"/slots/{slot.pk}/claim/"):
        assert helper.get(page).status_code == 404
    assert claim.state == "cancelled"
    assert "The yes was taken back. Nobody sees it." in text(signed_in(ada).get(asked.get_absolute_url()))


def test_what_was_told_about_it_leaves_the_page_of_notices(asked, rosa, bo, ada):
    answer(signed_in(rosa), asked, "agree")
    asked.slots.get().claim(by=bo, at=now())
    assert "What you promised" in text(signed_in(bo).get("/me/notices/"))

    asked.consent.withdraw(by=rosa, at=now() - 10 * MINUTE)

    lines = text(signed_in(bo).get("/me/notices/"))
    assert ("What you promised" in lines, "Something was called off" in lines) == (False, True)
    assert "Somebody promised to help" in text(signed_in(ada).get("/me/notices/"))


def test_a_request_that_was_thrown_away_asks_nothing(asked, ada, rosa):
    link = url(asked)
    asked.discard(by=ada, at=now())

    assert signed_in(rosa).get(link).status_code == 404
    assert "What others ask for you" not in text(signed_in(rosa).get("/me/"))


def test_my_page_names_what_is_asked_for_me(asked, rosa):
    assert "Ada: help for Rosa" in text(signed_in(rosa).get("/me/"))


def test_whoever_it_is_for_comes_from_the_request_to_their_own_page(asked, rosa):
    answer(signed_in(rosa), asked, "agree")

    assert signed_in(rosa).get(f"{asked.get_absolute_url()}consent/").url == url(asked)


def test_a_request_for_oneself_has_no_such_page(ada, street):
    mine = draft(ada, street)

    assert signed_in(ada).get(f"{mine.get_absolute_url()}consent/").url == mine.get_absolute_url()


# In a care circle -------------------------------------------------------------------------------------------


@pytest.fixture
def care(olga, rosa, bo):
    """Olga's care circle around rosa, who agreed; bo is in it."""
    whom = {"name": "Rosa", "email": "rosa@example.org"}
    care = Circle.objects.start(by=olga, kind="care", name="Near", around="Rosa", at=now(), whom=whom)
    care.consent.send(by=olga, at=now())
    care.consent.agree(by=rosa, at=now())
    join(Circle.objects.get(pk=care.pk), bo, by=olga)
    return care


def test_a_keeper_asks_for_whom_the_circle_is_around_unless_they_say_otherwise(care, olga, rosa):
    olga.edit(at=now(), address="1 Olga's Lane")
    client = signed_in(olga)
    form = client.get(f"{PRACTICAL}?circle={care.pk}").context["form"]
    assert (form["whom"].value(), form["address"].value()) == ("around", "")

    client.post(PRACTICAL, ask_fields(care, whom=None))
    client.post(PRACTICAL, ask_fields(care, whom="me", title="For myself"))

    asked = [(one.asker, one.posted_by, one.consent, one.state) for one in HelpRequest.objects.order_by("pk")]
    assert asked == [(rosa, olga, care.consent, "open"), (olga, olga, None, "open")]


def test_a_member_asks_for_themselves_and_for_nobody_without_asking(care, bo):
    client = signed_in(bo)

    refused = client.post(PRACTICAL, ask_fields(care, whom="around"))
    client.post(PRACTICAL, ask_fields(care))

    assert (refused.status_code, errors(refused).keys()) == (422, {"whom"})
    assert (the_one().asker, the_one().consent) == (bo, None)


def test_a_delegate_asks_for_the_person(care, rosa, bo):
    Consent.objects.get().name_delegate(name="Bo", email="bo@example.org", by=rosa, at=now())

    signed_in(bo).post(PRACTICAL, ask_fields(care, whom="around"))

    assert (the_one().asker, the_one().posted_by, the_one().state) == (rosa, bo, "open")


def test_before_the_yes_to_the_circle_it_is_kept_as_a_draft(olga):
    whom = {"name": "Rosa", "email": "rosa@example.org"}
    care = Circle.objects.start(by=olga, kind="care", name="Near", around="Rosa", at=now(), whom=whom)
    client = signed_in(olga)

    response = client.post(PRACTICAL, ask_fields(care), follow=True)

    assert the_one().state == "draft"
    assert "Nobody sees it until Rosa has said yes to the circle." in text(response)


def test_a_keeper_asks_no_other_circle_for_whom_a_circle_is_around(care, olga, rosa, street):
    client, fields = signed_in(olga), ask_fields(care, whom="around", up_to="1")

    refused = client.post(PRACTICAL, {**fields, "then": street.pk, "widen_after": "24"})
    client.post(PRACTICAL, fields)

    assert (refused.status_code, errors(refused).keys()) == (422, {"then"})
    form = client.get(f"{the_one().get_absolute_url()}reach/").context["form"]
    assert list(form.groups) == [f"{care.pk}:2", f"{care.pk}:3"]
