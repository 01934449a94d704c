import uuid

import pytest
from django.test import Client

from circles.models import (
    Application,
    AskedLately,
    ByInvitationOnly,
    Circle,
    Consent,
    JoinRule,
    JournalEntry,
    NotVerified,
    Ring,
)
from supportnet.notices.models import Notice
from tests.cast import DAY, join, make_circle, make_person, now
from tests.circles.pages import errors, in_parallel, race, signed_in, text

QUESTIONS = ["Where do you live, roughly?", "Who knows you here?"]
WORDS = "Neighbours who lend a hand."


def listed(keeper, *members, name="Lime Street", rule=JoinRule.APPROVAL, **fields):
    """A community in the directory."""
    fields = {"description": WORDS, "area": "Old town", "listed": True, "join_rule": rule, **fields}
    return make_circle(keeper, *members, name=name, **fields)


def url(circle):
    return f"/circles/{circle.pk}/join/"


def said(client, circle, *answers, **fields):
    """What the form would send: an answer for each question."""
    form = client.get(url(circle)).context["form"]
    return dict(zip(form.fields, answers, strict=True)) | fields


def apply(person, circle, *answers):
    """Fill in the join form and send it."""
    client = signed_in(person)
    return client.post(url(circle), said(client, circle, *answers))


def state(circle, person):
    membership = circle.memberships.filter(person=person).first()
    return membership and membership.state


def asked(circle, person):
    """(state, answers, who decided) of each application, oldest first."""
    applications = Application.objects.filter(membership__circle=circle, membership__person=person)
    return [(one.state, one.answers, one.decided_by) for one in applications.order_by("asked_at", "pk")]


def found(person, query=""):
    response = signed_in(person).get(f"/circles/directory/{query}")
    return [circle.name for circle in response.context["page"].rows]


# The list ---------------------------------------------------------------------------------------------------


def test_the_directory_lists_what_is_listed_and_nothing_else(mallory, olga, street, elsewhere):
    listed(olga)

    assert found(mallory) == ["Lime Street"]


def test_it_says_what_a_circle_is_for_and_how_one_joins_and_nothing_of_who_else_is_in_it(
    mallory, olga, ada, bo
):
    listed(olga, ada, bo)

    words = text(signed_in(mallory).get("/circles/directory/"))

    for told in ("Lime Street", WORDS, "Old town", "Kept by Olga.", "You ask, and a keeper lets you in."):
        assert told in words
    for kept in ("Ada", "Bo ", "member ", " 3 "):
        assert kept not in words.partition("what it is about")[2]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (JoinRule.OPEN, "you are in at once"),
        (JoinRule.APPROVAL, "a keeper lets you in"),
        (JoinRule.INVITATION, "By invitation"),
    ],
)
def test_each_rule_is_said_in_words(mallory, olga, rule, words):
    listed(olga, rule=rule)

    assert words in text(signed_in(mallory).get("/circles/directory/"))


def test_a_circle_that_was_put_away_is_listed_no_more(mallory, olga):
    circle = listed(olga)
    circle.archive(by=olga, at=now())

    assert found(mallory) == []
    assert signed_in(mallory).get(url(circle)).status_code == 404


@pytest.mark.parametrize("change", [{"agreed_at": None}, {"withdrawn_at": now()}])
def test_a_circle_to_which_nobody_agreed_is_not_listed(mallory, olga, change):
    circle = listed(olga)
    given = {"name": "The Lims", "asked_by": olga, "asked_at": now(), "agreed_at": now(), "salt": "s"}
    consent = Consent.objects.create(**given, token_hash=uuid.uuid4().hex)
    Circle.objects.filter(pk=circle.pk).update(consent=consent)
    assert found(mallory) == ["Lime Street"]

    Consent.objects.filter(pk=consent.pk).update(**change)

    assert found(mallory) == []
    assert signed_in(mallory).get(url(circle)).status_code == 404


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?q=lime", ["Lime Street"]),
        ("?q=HARBOUR", ["Choir", "Harbour"]),
        ("?q=sing+harbour", ["Choir"]),
        ("?q=sing+lime", []),
        ("?q=100%25", []),
        ("?q=_", []),
        ("?q=+", ["Choir", "Harbour", "Lime Street"]),
        ("?q=li%00me", ["Lime Street"]),
        ("?q=%00", ["Choir", "Harbour", "Lime Street"]),
        ("?q=" + "x" * 80, []),
    ],
)
def test_circles_are_found_by_each_word_of_name_words_and_area(mallory, olga, query, names):
    listed(olga)
    listed(olga, name="Choir", description="We sing.", area="Harbour")
    listed(olga, name="Harbour", description="Boats.", area="")

    assert found(mallory, query) == names


def test_words_that_are_too_many_are_said_beside_the_field_and_stay(mallory, olga):
    listed(olga)

    response = signed_in(mallory).get("/circles/directory/", {"q": "x" * 81})

    assert (response.status_code, sorted(errors(response))) == (422, ["q"])
    assert "x" * 81 in response.content.decode()


def test_an_empty_directory_says_what_one_can_do(mallory, olga):
    client = signed_in(mallory)
    assert "No circle is listed yet" in text(client.get("/circles/directory/"))

    listed(olga)

    assert "None with these words" in text(client.get("/circles/directory/?q=zzz"))


def test_many_circles_stand_on_pages_that_keep_the_words(mallory, olga):
    Circle.objects.bulk_create(
        Circle(kind="community", name=f"Choir {number:02}", listed=True, created_at=now())
        for number in range(45)
    )
    client = signed_in(mallory)

    first, last = (client.get(f"/circles/directory/?q=choir{page}") for page in ("", "&page=3"))

    assert [len(page.context["page"].rows) for page in (first, last)] == [20, 5]
    assert "?q=choir&amp;page=2" in first.content.decode()
    for page in ("4", "0", "-1", "x", "1e3", "99999999999999999999", "٣", "%00"):
        assert client.get(f"/circles/directory/?page={page}").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_directory_takes_three_queries_besides_session_and_person(
    mallory, olga, number, django_assert_num_queries
):
    for index in range(number):
        listed(olga, name=f"Street {index}")
    client = signed_in(mallory)

    with django_assert_num_queries(5):
        client.get("/circles/directory/")


def test_the_reader_sees_where_they_stand_themselves(bo, mallory, olga):
    circle = listed(olga, bo)
    circle.receive(mallory, at=now())

    assert "You are in it" in text(signed_in(bo).get("/circles/directory/"))
    assert "You asked to join" in text(signed_in(mallory).get("/circles/directory/"))


def test_without_a_session_there_is_no_directory(olga):
    circle = listed(olga)

    for page in ("/circles/directory/", url(circle)):
        assert Client().get(page).url.startswith("/accounts/login/code/")


# Asking to join ---------------------------------------------------------------------------------------------


def test_who_applies_with_answers_waits_and_the_keepers_are_told_and_read_them(mallory, olga, bo):
    circle = listed(olga, bo, questions=QUESTIONS)
    Notice.objects.all().delete()

    response = apply(mallory, circle, "By the river", "Bo does")

    answers = [[QUESTIONS[0], "By the river"], [QUESTIONS[1], "Bo does"]]
    assert response.url == f"/circles/{circle.pk}/"
    assert (state(circle, mallory), asked(circle, mallory)) == ("waiting", [("open", answers, None)])
    assert [(notice.kind, notice.reader) for notice in Notice.objects.all()] == [("join_asked", olga)]
    for page in ("", "members/"):
        assert "Who knows you here? Bo does" in text(signed_in(olga).get(f"/circles/{circle.pk}/{page}"))


def test_who_waits_gets_the_waiting_page_and_no_page_of_members(mallory, olga, bo):
    circle = listed(olga, bo, questions=QUESTIONS, how_checked="Two references")
    apply(mallory, circle, "By the river", "Bo does")
    client = signed_in(mallory)

    for page in ("", "members/", "edit/", "join/", "leave/", "members/place/", "members/1/check/"):
        words = text(client.get(f"/circles/{circle.pk}/{page}"))
        assert "You asked to join" in words or page == "members/place/"
        assert not [kept for kept in ("Olga", "Bo ", "Two references", "Old town") if kept in words]


def test_the_same_form_twice_is_one_application(mallory, olga):
    circle = listed(olga, questions=QUESTIONS)
    client = signed_in(mallory)
    fields = said(client, circle, "By the river", "Bo does")

    for _ in range(2):
        assert client.post(url(circle), fields).status_code in (200, 302)

    assert len(asked(circle, mallory)) == 1
    assert (
        Notice.objects.filter(kind="join_asked", cause_id=circle.memberships.get(person=mallory).pk).count()
        == 1
    )


@pytest.mark.parametrize("answer", ["", "  ", "x" * 501])
def test_an_answer_that_is_missing_or_too_long_is_said_beside_its_question(mallory, olga, answer):
    circle = listed(olga, questions=QUESTIONS)
    client = signed_in(mallory)
    fields = said(client, circle, "By the river", answer)

    response = client.post(url(circle), fields)

    assert (response.status_code, list(errors(response))) == (422, [list(fields)[1]])
    assert "By the river" in response.content.decode()
    assert state(circle, mallory) is None


def test_an_answer_never_stands_under_another_question(mallory, olga):
    circle = listed(olga, questions=QUESTIONS)
    client = signed_in(mallory)
    fields = said(client, circle, "By the river", "Bo does")
    circle.edit(by=olga, at=now(), questions=[QUESTIONS[1], "What would you like to do?"])

    response = client.post(url(circle), fields)

    assert (response.status_code, len(errors(response))) == (422, 1)
    assert state(circle, mallory) is None


@pytest.mark.parametrize(
    "answer", ["<script>alert(1)</script>", "Two\r\nlines", "شارعنا", "👨‍👩‍👧‍👦", "a\x07b"]
)
def test_answers_are_words(mallory, olga, answer):
    circle = listed(olga, questions=QUESTIONS[:1])

    response = apply(mallory, circle, answer)

    assert response.status_code in (302, 422)
    assert "<script>alert" not in signed_in(olga).get(f"/circles/{circle.pk}/members/").content.decode()


def test_an_open_circle_lets_everybody_in_and_the_keepers_see_by_which_rule(mallory, olga):
    circle = listed(olga, rule=JoinRule.OPEN, questions=QUESTIONS[:1])

    response = apply(mallory, circle, "By the river")

    membership = circle.memberships.get(person=mallory)
    assert (response.url, membership.state, membership.ring) == (
        f"/circles/{circle.pk}/",
        "current",
        Ring.EVERYONE,
    )
    entry = JournalEntry.objects.about(membership).get()
    assert (entry.verb, entry.actor, entry.details) == ("joined", mallory, {"rule": "open"})
    assert asked(circle, mallory) == [("by rule", [[QUESTIONS[0], "By the river"]], None)]
    words = text(signed_in(olga).get(f"/circles/{circle.pk}/members/"))
    assert "came in by the rule that everybody may join" in words
    assert "By the river" in words


def test_joining_an_open_circle_twice_is_joining_once(mallory, olga):
    circle = listed(olga, rule=JoinRule.OPEN)

    first, second = (
        apply(mallory, circle) if not index else signed_in(mallory).post(url(circle)) for index in range(2)
    )

    assert (first.url, second.url) == (f"/circles/{circle.pk}/",) * 2
    assert [entry.verb for entry in JournalEntry.objects.about(circle.memberships.get(person=mallory))] == [
        "joined"
    ]


def test_into_a_circle_by_invitation_nobody_comes_by_asking(mallory, olga):
    circle = listed(olga, rule=JoinRule.INVITATION)
    client = signed_in(mallory)

    assert "Into this circle one is invited" in text(client.get(url(circle)))
    assert client.post(url(circle)).status_code == 403
    with pytest.raises(ByInvitationOnly):
        circle.receive(mallory, at=now())
    assert state(circle, mallory) is None


@pytest.mark.parametrize("rule", JoinRule.values)
def test_a_circle_that_is_not_listed_is_not_there(mallory, olga, rule):
    circle = make_circle(olga, join_rule=rule, description=WORDS)
    client = signed_in(mallory)

    assert [client.get(url(circle)).status_code, client.post(url(circle)).status_code] == [404, 404]
    assert state(circle, mallory) is None


@pytest.mark.parametrize("rule", [JoinRule.OPEN, JoinRule.APPROVAL])
def test_whoever_has_not_shown_the_address_is_told_how(olga, rule):
    circle, stranger = listed(olga, rule=rule), make_person("Stranger", verified_at=None)
    client = signed_in(stranger)

    for response in (client.get(url(circle)), client.post(url(circle))):
        assert (response.status_code, "Verify your address first" in text(response)) == (403, True)
    with pytest.raises(NotVerified):
        circle.receive(stranger, at=now())
    assert state(circle, stranger) is None


def test_a_member_is_led_to_the_circle(bo, olga):
    circle = listed(olga, bo)

    assert signed_in(bo).get(url(circle)).url == f"/circles/{circle.pk}/"
    assert signed_in(bo).post(url(circle)).url == f"/circles/{circle.pk}/"


def test_asking_again_and_again_is_limited(mallory, olga, settings):
    settings.POSTING_LIMITS = {**settings.POSTING_LIMITS, "join": "1/d/person"}
    first, second = listed(olga), listed(olga, name="Another")

    assert [apply(mallory, circle).status_code for circle in (first, second)] == [302, 422]
    assert [state(circle, mallory) for circle in (first, second)] == ["waiting", None]


@in_parallel
@pytest.mark.parametrize(
    ("rule", "where"), [(JoinRule.APPROVAL, "waiting"), (JoinRule.OPEN, "current")], ids=["approval", "open"]
)
def test_pressing_many_times_at_once_is_one_application(mallory, olga, rule, where):
    circle = listed(olga, rule=rule)

    outcomes = race([lambda: circle.receive(mallory, at=now()).state] * 8)

    assert outcomes == [where] * 8
    assert len(asked(circle, mallory)) == 1


@in_parallel
def test_a_keepers_yes_and_taking_it_back_at_once_leave_one_of_both(mallory, olga):
    circle = listed(olga)
    membership = circle.receive(mallory, at=now())
    yes, back = (circle.memberships.get(pk=membership.pk) for _ in range(2))

    race([lambda: yes.admit(by=olga, at=now()), lambda: back.take_back(at=now())])

    outcome = (state(circle, mallory), [one[0] for one in asked(circle, mallory)])
    assert outcome in [("current", ["admitted"]), ("new", ["taken back"])]


# Taking it back ---------------------------------------------------------------------------------------------


def test_whoever_waits_may_take_it_back_and_ask_again(mallory, olga):
    circle = listed(olga, questions=QUESTIONS[:1])
    apply(mallory, circle, "By the river")
    client, back = signed_in(mallory), f"/circles/{circle.pk}/join/take-back/"

    assert client.get(back).status_code == 405
    assert "Take it back" in text(client.get(f"/circles/{circle.pk}/"))
    assert [client.post(back).url for _ in range(2)] == ["/circles/"] * 2

    assert (state(circle, mallory), [one[0] for one in asked(circle, mallory)]) == ("new", ["taken back"])
    assert not circle.memberships.waiting().exists()
    assert client.get(f"/circles/{circle.pk}/").status_code == 404
    apply(mallory, circle, "At the harbour")
    assert [one[0] for one in asked(circle, mallory)] == ["taken back", "open"]


def test_what_was_taken_back_is_no_news_for_keepers(mallory, olga):
    from supportnet.notices import kinds

    circle = listed(olga)
    membership = circle.receive(mallory, at=now())
    membership.take_back(at=now())

    assert kinds.find("join_asked").still_true(membership, None, now()) != ""
    assert "would like to join" not in text(signed_in(olga).get(f"/circles/{circle.pk}/members/"))


def test_too_late_it_leads_into_the_circle_and_nobody_else_takes_it_back(mallory, olga, bo):
    circle = listed(olga)
    circle.receive(mallory, at=now()).admit(by=olga, at=now())
    back = f"/circles/{circle.pk}/join/take-back/"

    assert signed_in(mallory).post(back).url == f"/circles/{circle.pk}/"
    assert signed_in(bo).post(back).status_code == 404
    assert state(circle, mallory) == "current"


def test_whoever_closes_their_account_waits_at_no_door(mallory, olga):
    circle = listed(olga)
    circle.receive(mallory, at=now())

    mallory.deactivate(by=mallory, at=now())

    assert not circle.memberships.waiting().exists()
    assert [one[0] for one in asked(circle, mallory)] == ["taken back"]


# A no, and coming back --------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", [JoinRule.APPROVAL, JoinRule.OPEN])
def test_after_a_no_one_may_ask_again_when_a_week_is_over_and_the_old_answer_stays(mallory, olga, rule):
    circle, at = listed(olga, questions=QUESTIONS[:1]), now()
    membership = circle.receive(mallory, at=at - 8 * DAY, answers=[[QUESTIONS[0], "Far away"]])
    membership.decline(by=olga, at=at - 6 * DAY)
    circle.edit(by=olga, at=at, join_rule=rule)
    client = signed_in(mallory)

    for response in (client.get(url(circle)), client.post(url(circle), {})):
        assert (response.status_code, "You may ask again from" in text(response)) == (409, True)
    with pytest.raises(AskedLately):
        circle.receive(mallory, at=at)
    assert state(circle, mallory) == "declined"

    circle.receive(mallory, at=at + DAY, answers=[[QUESTIONS[0], "Moved here"]])

    first, second = asked(circle, mallory)
    assert first == ("declined", [[QUESTIONS[0], "Far away"]], olga)
    assert second[0] == {JoinRule.APPROVAL: "open", JoinRule.OPEN: "by rule"}[rule]
    words = text(signed_in(olga).get(f"/circles/{circle.pk}/members/"))
    assert "asked, and Olga said “not now”" in words
    assert "Far away" in words and "Moved here" in words


def test_history_is_for_keepers_alone(mallory, olga, bo):
    circle = listed(olga, bo, questions=QUESTIONS[:1])
    circle.receive(mallory, at=now(), answers=[[QUESTIONS[0], "Far away"]]).admit(by=olga, at=now())

    for reader in (bo, mallory):
        for page in ("", "members/"):
            words = text(signed_in(reader).get(f"/circles/{circle.pk}/{page}"))
            assert "Far away" not in words and "let them in" not in words


@pytest.mark.parametrize("way", ["directory", "by name", "by link"])
def test_whoever_was_removed_for_cause_comes_back_by_a_keepers_yes_alone(bo, olga, way):
    circle = listed(olga, bo, rule=JoinRule.OPEN)
    by_name = circle.invite(email="bo@example.org", by=olga, at=now())
    link = circle.open_link(by=olga, at=now())
    circle.memberships.get(person=bo).remove(by=olga, at=now())
    addresses = {
        "directory": url(circle),
        "by name": by_name.get_absolute_url(),
        "by link": link.get_absolute_url(),
    }

    signed_in(bo).post(addresses[way])

    assert state(circle, bo) == "waiting"
    assert "removed on" in text(signed_in(olga).get(f"/circles/{circle.pk}/members/"))
    membership = circle.memberships.get(person=bo)
    membership.take_back(at=now())
    assert state(circle, bo) == "removed"
    signed_in(bo).post(addresses[way])
    membership.refresh_from_db()
    membership.admit(by=olga, at=now())
    assert state(circle, bo) == "current"


def test_a_quiet_exclusion_outlasts_leaving_and_coming_back(bo, olga):
    circle = listed(olga, bo, rule=JoinRule.OPEN)
    membership = circle.memberships.get(person=bo)
    membership.exclude(by=olga, at=now())
    membership.leave(at=now())

    circle.receive(bo, at=now())

    assert circle.memberships.current().filter(person=bo).exists()
    assert not circle.memberships.not_excluded().filter(person=bo).exists()


# By an invitation -------------------------------------------------------------------------------------------


def test_a_link_asks_the_questions_too(mallory, olga, street):
    street.edit(by=olga, at=now(), questions=QUESTIONS)
    link = street.open_link(by=olga, at=now(), uses=1)
    client, here = signed_in(mallory), link.get_absolute_url()
    names = list(client.get(here).context["form"].fields)

    empty = client.post(here)
    response = client.post(here, dict(zip(names, ("By the river", "Bo does"), strict=True)))

    assert (empty.status_code, response.url) == (422, f"/circles/{street.pk}/")
    assert asked(street, mallory) == [
        ("open", [[QUESTIONS[0], "By the river"], [QUESTIONS[1], "Bo does"]], None)
    ]


def test_whoever_is_invited_by_name_is_asked_nothing(mallory, olga, street):
    street.edit(by=olga, at=now(), questions=QUESTIONS)
    invitation = street.invite(email="mallory@example.org", by=olga, at=now())
    client = signed_in(mallory)

    assert list(client.get(invitation.get_absolute_url()).context["form"].fields) == []
    client.post(invitation.get_absolute_url())

    assert (state(street, mallory), asked(street, mallory)) == ("current", [])
    assert "Invited by Olga" in text(signed_in(olga).get(f"/circles/{street.pk}/members/"))


def test_whoever_waits_and_is_then_invited_by_name_has_an_answer(mallory, olga, street):
    street.ask_to_join(mallory, at=now())

    street.invite(email="mallory@example.org", by=olga, at=now()).accept(by=mallory, at=now())

    assert asked(street, mallory) == [("admitted", [], olga)]


# Saying who may join ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "rule"),
    [("personal", JoinRule.INVITATION), ("care", JoinRule.INVITATION), ("community", JoinRule.APPROVAL)],
)
def test_a_new_circle_has_a_sensible_rule_and_is_not_listed(olga, kind, rule):
    circle = Circle.objects.start(by=olga, kind=kind, name="Ours", at=now())

    assert (circle.join_rule, circle.listed, circle.questions) == (rule, False, [])


def start(person, **fields):
    fields = {"kind": "community", "name": "Lime Street", "form_key": uuid.uuid4(), **fields}
    return signed_in(person).post("/circles/new/", fields)


def test_a_new_community_says_who_may_join(olga):
    start(
        olga,
        join_rule="open",
        listed="on",
        description=WORDS,
        questions=f"{QUESTIONS[0]}\r\n\r\n {QUESTIONS[1]} \r\n{QUESTIONS[0]}",
        how_checked="A talk",
    )

    circle = Circle.objects.get()
    assert (circle.join_rule, circle.listed, circle.questions) == (JoinRule.OPEN, True, QUESTIONS)
    assert (circle.description, circle.how_checked) == (WORDS, "A talk")


@pytest.mark.parametrize("kind", ["personal", "care"])
def test_only_a_community_can_be_listed_and_the_field_says_so(olga, kind):
    response = start(olga, kind=kind, listed="on", around="The Lims", description=WORDS, join_rule="open")

    assert (response.status_code, "listed" in errors(response)) == (422, True)
    assert Circle.objects.count() == 0


def test_a_rule_for_communities_says_nothing_about_a_personal_circle(olga):
    start(olga, kind="personal", join_rule="open")

    assert Circle.objects.get().join_rule == JoinRule.INVITATION


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"join_rule": "nobody"}, "join_rule"),
        ({"questions": "\n".join(f"Question {number}?" for number in range(6))}, "questions"),
        ({"questions": "x" * 201}, "questions"),
        ({"how_checked": "x" * 301}, "how_checked"),
        ({"listed": "on", "description": ""}, "description"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(olga, fields, field):
    circle = make_circle(olga)
    words = {
        "name": "Our street",
        "time_zone": "Europe/Lisbon",
        "description": "",
        "join_rule": "approval",
        **fields,
    }

    for response in (start(olga, **fields), signed_in(olga).post(f"/circles/{circle.pk}/edit/", words)):
        assert (response.status_code, list(errors(response))) == (422, [field])
        assert f'id="id_{field}_error"' in response.content.decode()
    assert Circle.objects.count() == 1


def edit(person, circle, **fields):
    words = {"name": circle.name, "time_zone": "Europe/Lisbon", "description": WORDS, "area": "", **fields}
    return signed_in(person).post(f"/circles/{circle.pk}/edit/", words)


def test_a_keeper_changes_who_may_join_and_the_journal_knows(olga, street):
    edit(olga, street, join_rule="open", listed="on", questions="\n".join(QUESTIONS), how_checked="A talk")

    street.refresh_from_db()
    assert (street.join_rule, street.listed, street.questions) == (JoinRule.OPEN, True, QUESTIONS)
    fields = JournalEntry.objects.about(street).last().details["fields"]
    assert {"join_rule", "listed", "questions", "how_checked"} <= set(fields)

    assert (
        "Where do you live, roughly?\nWho knows you here?"
        in signed_in(olga).get(f"/circles/{street.pk}/edit/").content.decode()
    )
    edit(olga, street, join_rule="", listed="")
    street.refresh_from_db()
    assert (street.join_rule, street.listed, street.questions) == (JoinRule.OPEN, False, [])


@pytest.mark.parametrize("kind", ["personal", "care"])
def test_another_circle_is_not_listed_even_by_a_forged_form(olga, kind):
    circle = make_circle(olga, kind=kind, around="The Lims")

    edit(olga, circle, around="The Lims", listed="on", join_rule="open")

    circle.refresh_from_db()
    assert (circle.listed, circle.join_rule) == (False, JoinRule.INVITATION)
    assert list(Circle.objects.listed()) == []


# The way there ----------------------------------------------------------------------------------------------


def test_my_circles_lead_to_the_directory(mallory, street, ada):
    for person in (mallory, ada):
        assert 'href="/circles/directory/"' in signed_in(person).get("/circles/").content.decode()


def test_old_memberships_without_an_application_are_admitted_all_the_same(mallory, olga, street):
    membership = street.ask_to_join(mallory, at=now())
    Application.objects.all().delete()

    membership.admit(by=olga, at=now())

    assert state(street, mallory) == "current"
    assert signed_in(olga).get(f"/circles/{street.pk}/members/").status_code == 200


def test_a_check_and_a_ring_do_not_come_back_with_whoever_was_removed(bo, olga):
    circle = listed(olga, bo)
    membership = circle.memberships.get(person=bo)
    membership.place(Ring.INNER, by=olga, at=now())
    membership.note_check(by=olga, until=now().date() + DAY, at=now())
    membership.remove(by=olga, at=now())

    membership = join(circle, bo, by=olga)

    assert (membership.ring, membership.checked_until) == (Ring.EVERYONE, None)
