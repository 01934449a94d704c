import uuid

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from circles.models import Circle, Consent, Invitation, JournalEntry, Membership, Person
from supportnet.notices.models import Notice
from tests.cast import DAY, make_circle, make_person, now
from tests.circles.models.test_consent import around_rosa, fresh
from tests.circles.pages import code_in, errors, signed_in, text

CONFIRM = "/accounts/login/code/confirm/"
OTHER = "This is for somebody else to decide"
WORDS = ("Near the park", "Rosa", "Olga", "What one should know", "Old town", "Cleo")


@pytest.fixture
def rosa(db):
    return make_person("Rosa")


@pytest.fixture
def circle(olga):
    """Olga's circle around rosa with words and one prepared invitation; rosa was asked."""
    circle = around_rosa(olga)
    circle.edit(by=olga, at=now(), description="What one should know", area="Old town")
    circle.invite(email="cleo@example.org", name="Cleo", how_they_know="From school", by=olga, at=now())
    circle.consent.send(by=olga, at=now())
    return circle


def url(circle):
    return circle.consent.get_absolute_url()


def answer(client, circle, what, **fields):
    """Press a button of the page as it stands now."""
    stamp = client.get(url(circle)).context["stamp"]
    return client.post(url(circle), {"answer": what, "stamp": stamp, **fields})


def everything():
    return [
        list(model.objects.order_by("pk").values())
        for model in (Person, Membership, Circle, Consent, Invitation, JournalEntry, Notice, Session)
    ]


# The person's page ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_the_link_changes_nothing_and_signs_nobody_in(method, circle, rosa, olga, mallory):
    clients = [Client(), *map(signed_in, (rosa, olga, mallory))]
    before = everything()

    for client in clients:
        getattr(client, method)(url(circle))

    assert everything() == before


def test_the_page_says_exactly_who_would_see_what(circle, rosa):
    response = signed_in(rosa).get(url(circle))

    assert "Olga asks for your yes" in text(response)
    said = [
        (section.title, [(row.what, row.said, bool(row.key)) for row in section.rows])
        for section in response.context["sections"]
    ]
    assert said == [
        (
            "The circle",
            [
                ("Its name", "Near the park", False),
                ("Whom it is for", "Rosa", False),
                ("What it is for", "What one should know", True),
                ("Area", "Old town", True),
            ],
        ),
        ("Who keeps it", [("Olga", "", False)]),
        ("Who is to be invited", [("Cleo", "From school", True)]),
    ]
    for words in WORDS:
        assert words in text(response)


def test_somebody_else_reads_that_it_is_for_somebody_else_and_no_more(circle, rosa, olga, mallory, bo):
    for client in map(signed_in, (olga, mallory, bo)):
        for response in (client.get(url(circle)), client.post(url(circle), {"answer": "agree"})):
            assert (response.status_code, OTHER in text(response)) == (403, True)
            body = text(response).replace("You are signed in as Olga", "")
            assert [
                words for words in (*WORDS, "rosa@", "r•••") if words in body.partition("Go home")[0]
            ] == []
    assert fresh(circle.consent).state == "waiting"


def test_signed_out_one_learns_nothing_and_gets_a_code_to_an_address_that_is_not_told(
    circle, rosa, mailoutbox
):
    client = Client()
    page = client.get(url(circle))
    assert "r•••@example.org" in text(page)
    assert [words for words in (*WORDS, "rosa@") if words in page.content.decode()] == []

    sent = client.post(url(circle), {"to": "person"})
    assert sent.url.startswith(CONFIRM) and mailoutbox[-1].to == ["rosa@example.org"]
    assert "rosa@" not in client.get(sent.url).content.decode()
    entered = client.post(sent.url, {"code": code_in(mailoutbox[-1]), "next": url(circle)})

    assert entered.url == url(circle)
    assert fresh(circle.consent).state == "waiting"
    assert answer(client, circle, "agree").url == url(circle)
    assert fresh(circle).is_agreed


def test_signed_out_nobody_agrees(circle, mailoutbox):
    Client().post(url(circle), {"answer": "agree"})

    assert fresh(circle.consent).state == "waiting"


def test_a_delegate_comes_in_by_their_own_address(circle, rosa, mailoutbox):
    circle.consent.name_delegate(name="Dora", email="dora@example.org", by=rosa, at=now())
    client = Client()

    assert "d•••@example.org" in text(client.get(url(circle)))
    sent = client.post(url(circle), {"to": "delegate"})
    client.post(sent.url, {"code": code_in(mailoutbox[-1]), "next": url(circle)})
    client.post("/me/welcome/", {"name": "Dora", "time_zone": "Europe/Lisbon", "next": url(circle)})
    page = client.get(url(circle))

    assert mailoutbox[-1].to == ["dora@example.org"]
    assert "Rosa named you to decide for them" in text(page)
    assert "Somebody who decides for you" not in text(page)
    answer(client, circle, "agree")
    assert fresh(circle.consent).agreed_by.email == "dora@example.org"


def test_a_mail_server_that_is_away_is_said_on_the_page(circle, settings):
    settings.EMAIL_BACKEND = "tests.circles.views.test_sign_in.Down"

    response = Client().post(url(circle))

    assert (response.status_code, "We could not send the mail just now." in text(response)) == (422, True)


def test_whoever_has_not_shown_the_address_is_told_how(circle):
    stranger = make_person("Rosa", verified_at=None)

    response = signed_in(stranger).get(url(circle))

    assert response.status_code == 403 and "Verify your address first" in text(response)


@pytest.mark.parametrize("token", ["x", "0" * 32, "a" * 500, "%00", "ü"])
def test_an_unknown_link_is_not_found(db, mallory, token):
    for client in (Client(), signed_in(mallory)):
        response = client.get(f"/circles/consent/{token}/")
        assert response.status_code == 404


def test_what_is_still_a_draft_has_no_page(olga, rosa):
    circle = around_rosa(olga)

    for client in (Client(), signed_in(rosa)):
        assert client.get(url(circle)).status_code == 404


def test_a_circle_that_was_put_away_asks_nothing(circle, rosa, olga):
    circle.archive(by=olga, at=now())

    response = signed_in(rosa).get(url(circle))

    assert (response.status_code, "There is nothing to decide here" in text(response)) == (404, True)


def test_one_press_agrees_and_what_was_struck_is_left_out(circle, rosa):
    invitation = circle.invitations.get()
    client = signed_in(rosa)

    answer(client, circle, "agree", struck=["area", f"invitation:{invitation.pk}", "name", "member:1"])

    consent = fresh(circle.consent)
    assert (consent.stands, consent.struck) == (True, ["area", f"invitation:{invitation.pk}"])
    assert fresh(circle).area == "" and fresh(invitation).revoked_at
    page = text(client.get(url(circle)))
    assert "It stands" in page and "Leave this out" not in page and "Old town" not in page


def test_nobody_agrees_to_what_they_have_not_seen(circle, rosa, olga):
    client = signed_in(rosa)
    stamp = client.get(url(circle)).context["stamp"]
    circle.edit(by=olga, at=now(), description="Something else altogether")

    response = client.post(url(circle), {"answer": "agree", "stamp": stamp, "struck": ["area"]})

    assert (response.status_code, fresh(circle.consent).state) == (422, "waiting")
    assert "Something here has changed since you opened the page." in text(response)
    assert "Something else altogether" in text(response)
    assert 'value="area" checked' in response.content.decode()


def test_an_answer_that_is_none_is_asked_again(circle, rosa):
    for wrong in ("", "maybe"):
        assert signed_in(rosa).post(url(circle), {"answer": wrong}).status_code == 422


def test_no_thank_you_needs_no_reason_and_may_be_thought_over(circle, rosa):
    client = signed_in(rosa)

    answer(client, circle, "decline")

    assert fresh(circle.consent).state == "declined"
    assert "You have said no thank you" in text(client.get(url(circle)))
    answer(client, circle, "agree")
    assert fresh(circle.consent).stands


def test_taking_it_back_hides_it_at_once_and_the_page_says_so(circle, rosa, bo):
    client = signed_in(rosa)
    answer(client, circle, "agree")
    circle.memberships.create(person=bo).join(at=now())
    assert signed_in(bo).get(f"/circles/{circle.pk}/").status_code == 200

    response = client.post(url(circle), {"answer": "withdraw"}, follow=True)

    assert "Taken back. Everything is hidden from now on." in text(response)
    assert "You have taken it back: nobody sees any of it." in text(response)
    assert signed_in(bo).get(f"/circles/{circle.pk}/").status_code == 404


def test_a_delegate_is_named_on_the_page(circle, rosa):
    client = signed_in(rosa)

    wrong = client.post(url(circle), {"answer": "name", "name": "Rosa", "email": "ROSA@example.org"})
    client.post(url(circle), {"answer": "name", "name": "Dora", "email": "Dora@example.org"})

    assert (wrong.status_code, list(wrong.context["delegate_form"].errors)) == (422, ["email"])
    assert fresh(circle.consent).delegate_email == "dora@example.org"
    assert "Dora can say yes, strike out and take back here" in text(client.get(url(circle)))
    client.post(url(circle), {"answer": "name-nobody"})
    assert fresh(circle.consent).delegate_email == ""


def test_a_delegate_names_nobody_in_their_turn(circle, rosa, bo):
    circle.consent.name_delegate(name="Bo", email="bo@example.org", by=rosa, at=now())

    for what in ({"answer": "name", "name": "M", "email": "mallory@example.org"}, {"answer": "name-nobody"}):
        assert signed_in(bo).post(url(circle), what).status_code == 403

    assert fresh(circle.consent).delegate_email == "bo@example.org"


def test_my_page_leads_to_what_others_ask_for_me_and_to_nobody_elses(circle, rosa, mallory):
    mine, other = signed_in(rosa).get("/me/"), signed_in(mallory).get("/me/")

    assert url(circle) in mine.content.decode() and "Olga: a circle around Rosa" in text(mine)
    assert "What others ask for you" not in text(other)


# Starting one -----------------------------------------------------------------------------------------------


def start(client, **fields):
    fields = {"kind": "care", "name": "Near the park", "around": "Rosa", "form_key": uuid.uuid4(), **fields}
    return client.post("/circles/new/", fields)


BY_MAIL = {"whom": "email", "whom_email": "Rosa@example.org", "how_they_know": "We are neighbours."}
IN_WORDS = {"whom": "no_email", "recorded_how": "in_person", "recorded_note": "Rosa, on Sunday."}


def test_for_oneself_nobody_is_asked(ada):
    response = start(signed_in(ada), whom="me", around="")

    circle = Circle.objects.get()
    assert (circle.consent, circle.around, response.url) == (None, "Ada", circle.get_absolute_url())


def test_for_somebody_with_e_mail_the_mail_is_shown_before_it_goes(olga):
    client = signed_in(olga)

    page = client.get(start(client, **BY_MAIL).url)

    circle = Circle.objects.get()
    assert (circle.consent.state, circle.consent.email) == ("draft", "rosa@example.org")
    assert "We are neighbours." in text(page) and "A question from Olga" in text(page)
    assert circle.consent.token not in page.content.decode()
    assert not Notice.objects.filter(kind="consent_asked").exists()
    client.post(page.request["PATH_INFO"], {"do": "send"})
    assert fresh(circle.consent).state == "waiting"
    assert Notice.objects.get(kind="consent_asked").address == "rosa@example.org"


def test_for_somebody_without_e_mail_it_stands_and_keepers_read_how(olga):
    client = signed_in(olga)
    response = start(client, **IN_WORDS)

    circle = Circle.objects.get()
    assert circle.is_agreed and response.url == circle.get_absolute_url()
    page = text(client.get(f"/circles/{circle.pk}/consent/"))
    assert "Face to face" in page and "Rosa, on Sunday." in page


def test_after_a_no_a_yes_is_not_written_down_instead_and_what_was_typed_stays(circle, olga, rosa):
    circle.consent.decline(by=rosa, at=now())

    response = start(signed_in(olga), **IN_WORDS, name="Another")

    assert (response.status_code, Circle.objects.filter(name="Another").count()) == (422, 0)
    assert "can’t be written down just now" in text(response)
    assert "Rosa, on Sunday." in response.content.decode()


def test_pressing_twice_starts_one(olga):
    client, key = signed_in(olga), uuid.uuid4()

    for _ in range(2):
        start(client, form_key=key, **BY_MAIL)

    assert (Circle.objects.count(), Consent.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, ["whom"]),
        ({"whom": "nobody"}, ["whom"]),
        ({"whom": "email"}, ["whom_email", "how_they_know"]),
        ({**BY_MAIL, "around": ""}, ["around"]),
        ({**BY_MAIL, "whom_email": "rosa"}, ["whom_email"]),
        ({**BY_MAIL, "whom_email": "OLGA@example.org"}, ["whom_email"]),
        ({"whom": "no_email"}, ["recorded_how", "recorded_note"]),
        ({**IN_WORDS, "recorded_how": "in a dream"}, ["recorded_how"]),
    ],
)
def test_what_is_missing_about_them_is_said(olga, fields, wrong):
    response = start(signed_in(olga), **fields)

    assert (response.status_code, sorted(errors(response)), Circle.objects.count()) == (422, sorted(wrong), 0)


def test_what_other_choices_would_ask_does_not_matter(olga):
    start(signed_in(olga), whom="me", whom_email="not an address", recorded_how="in a dream")

    assert Circle.objects.get().consent is None


# The keepers' pages -----------------------------------------------------------------------------------------


PAGES = ("", "edit/", "members/", "invite/", "link/", "invitations/", "leave/", "consent/")


def pages(client, circle):
    return {page: client.get(f"/circles/{circle.pk}/{page}").status_code for page in PAGES}


def test_until_the_yes_members_come_to_no_page_of_the_circle(circle, bo, olga):
    circle.memberships.create(person=bo).join(at=now())
    cleo = make_person("Cleo")
    circle.memberships.create(person=cleo).ask(at=now())

    for person in (bo, cleo):
        assert set(pages(signed_in(person), circle).values()) == {404}
    listed = signed_in(bo).get("/circles/"), signed_in(cleo).get("/circles/"), signed_in(bo).get("/me/")
    assert ["Near the park" in text(page) for page in listed] == [False] * 3


def test_until_the_yes_keepers_see_why(circle, olga):
    client = signed_in(olga)

    page = text(client.get(f"/circles/{circle.pk}/"))

    assert "Nobody sees this circle yet" in page
    assert "Waits for a yes" in text(client.get("/circles/"))
    assert pages(client, circle) == {**dict.fromkeys(PAGES, 200), "link/": 302}


def test_an_invitation_is_prepared_and_the_page_says_so(circle, olga):
    fields = {"name": "Bo", "email": "bo@example.org", "how_they_know": "From work", "ring": "3"}

    response = signed_in(olga).post(
        f"/circles/{circle.pk}/invite/", {**fields, "form_key": uuid.uuid4(), "send": ""}, follow=True
    )

    assert "Prepared. The mail to Bo goes out once there is a yes." in text(response)
    assert not Notice.objects.filter(kind="invitation").exists()


def test_nobody_joins_by_an_invitation_before_the_yes(circle, mallory, olga):
    invitation = circle.invite(email="mallory@example.org", name="Mallory", by=olga, at=now())

    for client in (Client(), signed_in(mallory)):
        for response in (
            client.get(invitation.get_absolute_url()),
            client.post(invitation.get_absolute_url()),
        ):
            assert response.status_code == 410
            assert "Near the park" not in text(response) and "Olga" not in text(response)
    assert not circle.memberships.filter(person=mallory).exists()


def test_once_it_was_taken_back_keepers_come_to_one_page_without_the_persons_details(circle, olga, rosa):
    circle.consent.agree(by=rosa, at=now())
    circle.consent.withdraw(by=rosa, at=now())
    client = signed_in(olga)

    assert pages(client, circle) == {**dict.fromkeys(PAGES, 302), "leave/": 200, "consent/": 200}
    page = client.get(f"/circles/{circle.pk}/", follow=True)
    assert "It was taken back" in text(page)
    assert [
        words for words in ("Rosa", "rosa@", "What one should know", "Old town") if words in text(page)
    ] == []
    assert client.post(f"/circles/{circle.pk}/edit/", {"name": "Again"}).status_code == 302
    assert fresh(circle).name == "Near the park"


def test_keepers_remind_when_it_is_time(circle, olga):
    client, page = signed_in(olga), f"/circles/{circle.pk}/consent/"
    assert "Remind them" not in text(client.get(page))
    assert client.post(page, {"do": "again"}).status_code == 422

    Consent.objects.filter(pk=circle.consent.pk).update(asked_at=now() - 4 * DAY)

    assert "Remind them by mail" in text(client.get(page))
    assert client.post(page, {"do": "again"}).status_code == 302
    assert Notice.objects.filter(kind="consent_asked").count() == 2


def test_keepers_take_back_only_what_was_written_down(circle, olga, rosa):
    circle.consent.agree(by=rosa, at=now())
    client = signed_in(olga)
    start(client, **IN_WORDS, name="Without e-mail")
    written = Circle.objects.get(name="Without e-mail")

    answers = [
        client.post(f"/circles/{one.pk}/consent/", {"do": "withdraw"}).status_code
        for one in (circle, written)
    ]

    assert answers == [422, 302]
    assert (fresh(circle).is_agreed, fresh(written).is_agreed) == (True, False)


def test_it_is_written_down_again(olga):
    client = signed_in(olga)
    start(client, **IN_WORDS)
    circle = Circle.objects.get()
    page = f"/circles/{circle.pk}/consent/"
    client.post(page, {"do": "withdraw"})

    wrong = client.post(page, {"do": "record", "how": "by_phone", "note": ""})
    client.post(page, {"do": "record", "how": "by_phone", "note": "Rosa, on Monday."})

    assert (wrong.status_code, errors(wrong)) == (422, {"note": ["This field is required."]})
    assert fresh(circle).is_agreed and fresh(circle).consent.recorded_note == "Rosa, on Monday."


def test_members_do_not_come_to_the_keepers_page(circle, rosa, bo, mallory):
    circle.consent.agree(by=rosa, at=now())
    circle.memberships.create(person=bo).join(at=now())

    answers = [signed_in(who).get(f"/circles/{circle.pk}/consent/").status_code for who in (bo, mallory)]

    assert answers == [403, 404]


def test_a_circle_that_needs_nobodys_yes_has_no_such_page(olga):
    circle = make_circle(olga, kind="care")

    assert signed_in(olga).get(f"/circles/{circle.pk}/consent/").url == circle.get_absolute_url()


def test_whom_it_is_around_is_not_changed_under_somebodys_yes(circle, olga, rosa):
    circle.consent.agree(by=rosa, at=now())
    fields = {"name": "Near the park", "around": "Mallory", "time_zone": "Europe/Lisbon"}

    signed_in(olga).post(f"/circles/{circle.pk}/edit/", fields)

    assert fresh(circle).around == "Rosa"


def test_the_link_leads_to_nothing_for_whoever_wrote_down_a_yes(olga):
    client = signed_in(olga)
    start(client, **IN_WORDS)

    for visitor in (Client(), client):
        assert visitor.get(url(Circle.objects.get())).status_code in (403, 404)


def test_too_many_mails_at_once_are_too_many(circle, olga, settings):
    settings.POSTING_LIMITS = {**settings.POSTING_LIMITS, "invite": "1/h/person"}
    client = signed_in(olga)
    start(client, **BY_MAIL, name="One")
    start(client, **BY_MAIL, name="Two")

    answers = [
        client.post(f"/circles/{one.pk}/consent/", {"do": "send"}).status_code
        for one in Circle.objects.exclude(pk=circle.pk).order_by("pk")
    ]

    assert answers == [302, 422]


def test_the_panel_shows_nothing_of_whom_it_was_around(circle, olga, rosa, mallory):
    circle.consent.agree(by=rosa, at=now())
    Circle.objects.get(pk=circle.pk).ask_to_join(mallory, at=now())
    page, today = f"/organize/circles/circle/{circle.pk}/change/", "/organize/"
    client = signed_in(olga)
    seen = [client.get(where).content.decode() for where in (page, today)]
    assert "What one should know" in seen[0] and "would like to join Near the park" in seen[1]

    circle.consent.withdraw(by=rosa, at=now())

    for where in (page, today, "/organize/circles/circle/"):
        body = client.get(where).content.decode()
        hidden = ("What one should know", "Old town", "would like to join Near the park")
        assert [words for words in hidden if words in body] == []
    assert signed_in(mallory).get(page).status_code in (302, 403, 404)


def test_keepers_are_told_that_what_was_struck_stays_out(circle, olga, rosa, bo):
    cleo = circle.invitations.get()
    answer(signed_in(rosa), circle, "agree", struck=["area", f"invitation:{cleo.pk}"])
    client, page = signed_in(olga), f"/circles/{circle.pk}/"
    asked = fresh(circle).ask_to_join(make_person("Cleo"), at=now())
    words = "Rosa has struck this person out, so only they can let them in."

    form = client.get(f"{page}edit/").context["form"]
    fields = {name: form[name].value() or "" for name in form.fields}
    edited = client.post(f"{page}edit/", {**fields, "area": "New town"}, follow=True)
    mailed = {"email": "cleo@example.org", "name": "Cleo", "how_they_know": "School", "ring": 3}
    invited = client.post(f"{page}invite/", {**mailed, "form_key": str(uuid.uuid4()), "send": "1"})
    admitted = client.post(f"{page}members/{asked.pk}/admit/", follow=True)
    on_the_panel = f"/organize/circles/membership/{asked.pk}/do/admit/"
    let_in = client.post(on_the_panel, follow=True)

    assert "What Rosa has not agreed to was left out." in text(edited)
    assert (invited.status_code, errors(invited)) == (422, {"email": [words]})
    assert words in text(admitted) and words in text(let_in)
    assert fresh(circle).area == "" and not fresh(asked).is_current


def test_a_delegate_reads_that_only_the_person_can_say_yes_again(circle, rosa):
    dora = make_person("Dora")
    circle.consent.name_delegate(name="Dora", email="dora@example.org", by=rosa, at=now())
    answer(signed_in(rosa), circle, "agree")
    answer(signed_in(rosa), circle, "withdraw")
    client = signed_in(dora)

    page = client.get(url(circle))
    pressed = answer(client, circle, "agree")

    words = "Rosa has said no, so nobody sees any of it. Only Rosa can say yes again."
    assert words in text(page) and "Yes, I agree" not in text(page)
    assert (pressed.status_code, words in text(pressed), fresh(circle.consent).stands) == (422, True, False)
