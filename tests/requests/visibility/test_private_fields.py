"""The private fields on pages: said in the form, shown to those who come, and looked at in sight of whoever asks."""

import pytest
from django.urls import reverse

from circles.models import Block, JournalEntry, Report, Ring
from requests.models import HelpRequest, OutOfSight, Slot
from supportnet.notices.models import Notice
from tests.cast import DAY, HOUR, ask, ask_for_advice, ask_for_company, join, make_person, now
from tests.circles.pages import errors, signed_in, text
from tests.requests.filled_in import ask_fields

pytestmark = pytest.mark.django_db
PRACTICAL = "/requests/new/instrumental/"
EMOTIONAL = "/requests/new/emotional/"
MORE = {"medical_note": "Walks with a frame", "children": "Mia and Tom", "away": "Mondays until noon"}


def asked():
    """The one request that there is."""
    return HelpRequest.objects.get()


def childcare(circle, **typed):
    """Childcare with all that helpers may need."""
    return ask_fields(circle, **{"category": "childcare", "childcare-ages": "3 and 5", **MORE, **typed})


# The form ----------------------------------------------------------------------------------------------------


def test_what_helpers_may_need_is_said_with_who_sees_it(client, ada, street):
    client.force_login(ada)

    reaches = {"medical_note_reach": "keepers", "children_reach": "helpers", "phone_reach": "everyone"}
    client.post(PRACTICAL, childcare(street, phone="+351 555 0101", **reaches))

    assert {field: getattr(asked(), field) for field in MORE} == MORE
    # Only what is not usual is stored.
    assert asked().reaches == {"medical_note": "keepers", "phone": "everyone"}


def test_whoever_says_nothing_has_said_the_usual(client, ada, street):
    client.force_login(ada)

    client.post(PRACTICAL, ask_fields(street, address="12 Lime Street", address_reach=""))

    assert asked().reaches == {}


@pytest.mark.parametrize("odd", ["all", "EVERYONE", "3", "helpers ", "x" * 5000])
@pytest.mark.parametrize("field", ["address", "way_in", "phone", *MORE])
def test_a_reach_that_is_none_is_spoken_about_beside_its_field(field, odd, client, ada, street):
    client.force_login(ada)

    page = client.post(PRACTICAL, childcare(street, **{f"{field}_reach": odd}))

    assert (page.status_code, list(errors(page))) == (422, [f"{field}_reach"])
    assert "Walks with a frame" in page.text
    assert f'id="id_{field}_reach_error"' in page.text


@pytest.mark.parametrize(("field", "longest"), [("medical_note", 300), ("children", 200), ("away", 200)])
def test_long_words_are_spoken_about(field, longest, client, ada, street):
    client.force_login(ada)

    page = client.post(PRACTICAL, childcare(street, **{field: "x" * (longest + 1)}))

    assert (page.status_code, list(errors(page))) == (422, [field])


@pytest.mark.parametrize(
    ("url", "fields"),
    [
        (PRACTICAL, {"address", "way_in", "phone", "medical_note", "children", "away"}),
        (EMOTIONAL, {"address", "way_in", "phone", "medical_note"}),
        ("/requests/new/informational/", set()),
    ],
)
def test_each_private_field_stands_beside_the_question_who_sees_it(url, fields, client, ada, street):
    client.force_login(ada)

    form = client.get(url).context["form"]

    assert {name for name in form.fields if name in {"address", "way_in", "phone", *MORE}} == fields
    assert {name.removesuffix("_reach") for name in form.fields if name.endswith("_reach")} == fields
    for name in fields:
        assert form[f"{name}_reach"].value() == "helpers"
        assert form[f"{name}_reach"].label.startswith("Who sees")


def test_the_lines_stay_shut_until_something_stands_behind_them(client, ada, street):
    client.force_login(ada)
    shut = client.get(PRACTICAL).text
    typed = client.post(PRACTICAL, childcare(street, title="", phone_reach="inner")).text

    for words in ("More that helpers may need", "Who sees the address and the phone?"):
        assert f'<details class="more more--plain"><summary>{words}' in shut
        assert f'<details class="more more--plain" open><summary>{words}' in typed


def test_a_draft_keeps_it_all(client, ada, street):
    client.force_login(ada)
    client.post(PRACTICAL, childcare(street, put_down="1", away_reach="inner"))

    form = client.get(reverse("request_edit", args=[asked().pk])).context["form"]

    assert {name: form[name].value() for name in MORE} == MORE
    assert (form["away_reach"].value(), form["children_reach"].value()) == ("inner", "helpers")


def texts(help_request, **typed):
    """What the form for changing words sends back, with what stands there."""
    fields = {
        **{name: getattr(help_request, name) for name in ("version", "category", "title", "importance")},
        **{name: getattr(help_request, name) for name in ("address", "phone", *MORE)},
        "childcare-ages": "3 and 5",
    }
    return {**fields, **typed}


def test_changing_them_tells_those_who_come_and_who_sees_them_is_kept(ada, bo, street):
    help_request = ask(ada, street, category="childcare", reaches={"away": "inner"}, **MORE)
    help_request.slots.get().claim(by=bo, at=now())
    client, url = signed_in(ada), reverse("request_edit", args=[help_request.pk])
    form = client.get(url).context["form"]
    assert (form["away_reach"].value(), form["medical_note"].value()) == ("inner", MORE["medical_note"])

    client.post(url, texts(help_request, medical_note="Walks alone now", away_reach="inner"))

    assert (asked().medical_note, asked().reaches) == ("Walks alone now", {"away": "inner"})
    [told] = Notice.objects.filter(kind="slot_changed", reader=bo)
    assert "medical_note" in told.facts["fields"]


def test_another_reach_alone_is_nobodys_news(ada, bo, street):
    help_request = ask(
        ada, street, category="childcare", details={"ages": "3 and 5"}, doorstep="stay", **MORE
    )
    help_request.slots.get().claim(by=bo, at=now())

    fields = texts(help_request, area=help_request.area, children_reach="everyone")
    signed_in(ada).post(reverse("request_edit", args=[help_request.pk]), fields)

    assert asked().reaches == {"children": "everyone"}
    assert not Notice.objects.filter(kind="slot_changed").exists()


def test_of_two_who_change_it_the_second_reads_who_sees_what(ada, olga, street):
    help_request = ask(ada, street, category="childcare", **MORE)
    url = reverse("request_edit", args=[help_request.pk])
    signed_in(ada).post(url, texts(help_request, phone_reach="keepers"))

    page = signed_in(olga).post(url, texts(help_request, phone_reach="inner"))

    assert page.status_code == 422
    assert "phone: Only the keepers of the circle" in text(page)
    assert "phone: The people nearest to me" in text(page)


# The pages ---------------------------------------------------------------------------------------------------


@pytest.fixture
def minding(ada, street):
    """Ada's childcare with all that helpers may need."""
    return ask(ada, street, category="childcare", **MORE)


def page_of(thing, person):
    """The words of its page as `person` sees them."""
    return text(signed_in(person).get(thing.get_absolute_url()))


def shown(page):
    """Which of the private words stand on it."""
    return {word for word in ("12 Lime Street", "+351 555 0101", *MORE.values()) if word in page}


EVERYTHING = {"12 Lime Street", "+351 555 0101", *MORE.values()}


def test_they_stand_on_the_page_of_the_request_and_of_the_promise(minding, ada, bo, olga):
    assert [shown(page_of(minding, person)) for person in (ada, olga, bo)] == [EVERYTHING, EVERYTHING, set()]
    slot = minding.slots.get()
    before = signed_in(bo).get(slot.get_absolute_url())
    assert (shown(text(before)), "What you need for it shows" in text(before)) == (set(), True)

    claim = slot.claim(by=bo, at=now())
    assert [shown(page_of(thing, bo)) for thing in (minding, claim)] == [EVERYTHING] * 2

    claim.release(by=bo, at=now())
    assert [shown(page_of(thing, bo)) for thing in (minding, claim)] == [set()] * 2


def test_a_day_afterwards_they_are_gone_from_both_pages(minding, bo):
    slot = minding.slots.get()
    claim = slot.claim(by=bo, at=now())
    for hours, seen in ((23.9, EVERYTHING), (24.1, set())):
        over = now() - hours * HOUR
        Slot.objects.filter(pk=slot.pk).update(starts_at=over - HOUR, ends_at=over)

        assert [shown(page_of(thing, bo)) for thing in (minding, claim)] == [seen] * 2


def test_whoever_runs_it_reads_who_sees_what_and_others_do_not(minding, ada, bo, olga):
    HelpRequest.objects.update(reaches={"children": "inner"})
    minding.slots.get().claim(by=bo, at=now())

    for person in (ada, olga):
        page = page_of(minding, person)
        assert "Mia and Tom Seen by: The people nearest to me" in page
        assert "Mondays until noon Seen by" not in page
        assert "Where nothing else is said, those who come see it, until a day afterwards." in page
    page = page_of(minding, bo)
    assert "Seen by" not in page
    assert "Please keep it to yourself" in page


def test_the_nearest_read_it_without_a_promise_where_that_was_said(minding, street, olga):
    HelpRequest.objects.update(reaches={"phone": "inner", "children": "close"})
    inner, close = make_person("Inner"), make_person("Close")
    join(street, inner, by=olga, ring=Ring.INNER)
    join(street, close, by=olga, ring=Ring.CLOSE)

    assert [shown(page_of(minding, person)) for person in (inner, close)] == [
        {"+351 555 0101", "Mia and Tom"},
        {"Mia and Tom"},
    ]


def test_a_request_in_which_somebody_wrote_nonsense_into_the_database_still_has_a_page(minding, bo, ada):
    for odd in ({"phone": "nobody knows"}, {"phone": ["everyone"]}, ["everyone"], "everyone"):
        HelpRequest.objects.update(reaches=odd)

        assert shown(page_of(minding, bo)) == set()
        assert "Seen by" not in page_of(minding, ada)
        form = signed_in(ada).get(reverse("request_edit", args=[minding.pk])).context["form"]
        assert form["phone_reach"].value() == "helpers"


# Who looked --------------------------------------------------------------------------------------------------


def looks():
    """(who, what they were shown) of each look, oldest first."""
    entries = JournalEntry.objects.filter(verb="saw address").order_by("pk")
    return [(entry.actor, entry.details["fields"]) for entry in entries]


ALL = sorted(["address", "phone", *MORE])


def test_looks_are_noted_once_an_hour_on_either_page_and_never_those_of_the_owner(minding, ada, bo, olga):
    claim = minding.slots.get().claim(by=bo, at=now())

    for thing in (minding, claim, minding):
        page_of(thing, bo)
        page_of(thing, ada)
        page_of(thing, olga)

    assert looks() == [(bo, ALL), (olga, ALL)]


def test_an_hour_later_it_is_a_look_of_its_own(minding, bo):
    minding.slots.get().claim(by=bo, at=now())
    minding.note_look(by=bo, at=now() - 61 * HOUR / 60, fields=ALL)

    page_of(minding, bo)
    page_of(minding, bo)

    assert looks() == [(bo, ALL)] * 2


def test_who_is_shown_more_than_before_is_noted_again(minding, street, bo):
    HelpRequest.objects.update(reaches={"children": "everyone"})
    page_of(minding, bo)
    page_of(minding, bo)

    minding.slots.get().claim(by=bo, at=now())
    page_of(minding, bo)
    page_of(minding, bo)

    assert looks() == [(bo, ["children"]), (bo, ALL)]


def test_whoever_asks_reads_who_looked_at_what(minding, ada, bo):
    HelpRequest.objects.update(reaches={"children": "everyone"})
    page_of(minding, bo)

    assert "Who looked Bo, " in page_of(minding, ada)
    assert ": The children" in page_of(minding, ada)
    assert "Who looked" not in page_of(minding, bo)


def test_a_keeper_who_opens_the_form_or_the_panel_has_looked(minding, olga):
    signed_in(olga).get(reverse("request_edit", args=[minding.pk]))
    assert looks() == [(olga, ALL)]

    # The panel shows less.
    JournalEntry.objects.filter(verb="saw address")._raw_delete("default")
    signed_in(olga).get(f"/organize/requests/helprequest/{minding.pk}/change/")
    assert looks() == [(olga, ["address", "phone"])]


def test_what_one_needs_at_the_door_goes_as_far_as_the_address(minding, ada, bo, olga):
    visit = {"pets": "A shy cat", "parking": "By the gate"}
    HelpRequest.objects.update(visit=visit, address="")
    claim = minding.slots.get().claim(by=bo, at=now())
    for thing in (minding, claim):
        assert all(words in page_of(thing, bo) for words in visit.values())
    assert looks() == [(bo, sorted([*MORE, "phone", "visit"]))]
    assert ": Phone, Medical note, The children, Nobody is home, At the door" in page_of(minding, ada)

    HelpRequest.objects.update(reaches={"address": "keepers"})
    assert "A shy cat" not in page_of(minding, bo)
    assert "A shy cat Seen by: Only the keepers of the circle" in page_of(minding, olga)
    signed_in(olga).get(reverse("request_wishes", args=[minding.pk]))
    assert looks()[-1] == (olga, sorted([*MORE, "phone", "visit"]))


def test_where_nothing_private_stands_nobody_has_looked(ada, bo, olga, street):
    empty = dict.fromkeys(("address", "phone"), "")
    for help_request in (ask(ada, street, **empty), ask_for_advice(ada, street, **empty)):
        page_of(help_request, bo)
        page_of(help_request, olga)

    assert looks() == []


@pytest.mark.parametrize("thing", ["request", "claim"])
def test_the_page_takes_no_more_queries_for_it(thing, minding, bo, django_assert_max_num_queries):
    claim = minding.slots.get().claim(by=bo, at=now())
    client, url = signed_in(bo), (minding if thing == "request" else claim).get_absolute_url()

    with django_assert_max_num_queries(6):
        assert shown(text(client.get(url))) == EVERYTHING
    with django_assert_max_num_queries(6):
        assert shown(text(client.get(url))) == EVERYTHING


# Keepers who do not see whoever asks --------------------------------------------------------------------------


def test_a_keeper_parted_from_whoever_asks_acts_on_a_report_without_reading_the_address(
    minding, ada, bo, olga, street
):
    Block.objects.make(by=ada, whom=olga, at=now())
    said = {"reporter": bo, "subject": minding, "about": ada, "reason": "Odd"}
    Report.objects.make(circle=street, **said, at=now())
    client = signed_in(olga)

    page = text(client.get(minding.get_absolute_url()))
    panel = client.get(f"/organize/requests/helprequest/{minding.pk}/change/")

    assert (shown(page), shown(panel.text)) == (set(), set())
    for name in ("request_edit", "request_wishes"):
        assert client.get(reverse(name, args=[minding.pk])).status_code == 403
    assert client.post(reverse("request_close", args=[minding.pk])).status_code == 302
    assert (asked().state, looks()) == ("closed", [])


# Assigning, and the past ---------------------------------------------------------------------------------------


def test_a_keeper_can_sign_up_nobody_who_may_not_see_it(ada, olga, mallory, elsewhere, street):
    near, far = make_person("Near"), make_person("Far")
    join(street, near, by=olga, ring=Ring.INNER)
    join(street, far, by=olga)
    slot = ask(ada, street, up_to=Ring.INNER).slots.get()
    url = f"/organize/requests/slot/{slot.pk}/do/sign-up/"
    client = signed_in(olga)

    for person in (far, mallory):
        assert client.post(url, {"person": person.pk}).status_code == 422
        with pytest.raises(OutOfSight):
            slot.claim(by=person, made_by=olga, at=now())
    assert not slot.claims.exists()
    client.post(url, {"person": near.pk})

    assert slot.claims.get().person == near


def titles(person, **query):
    """What stands on the list of what is no longer open."""
    page = signed_in(person).get("/requests/", {"state": "closed", **query})
    return [row["title"] for row in page.context["asked"]]


def test_what_is_no_longer_open_is_listed_for_those_who_could_see_it(
    ada, bo, olga, mallory, elsewhere, street
):
    everyone, nearest, called_off = (
        ask(ada, street, title=title, up_to=ring)
        for title, ring in (
            ("Everyone", Ring.EVERYONE),
            ("Nearest", Ring.INNER),
            ("Called off", Ring.EVERYONE),
        )
    )
    ask(ada, street, title="Open")
    gone = ask(ada, street, title="Gone by")
    Slot.objects.filter(help_request=gone).update(starts_at=now() - 2 * DAY, ends_at=now() - DAY)
    ask_for_advice(ada, street, title="Still a question")
    everyone.close(by=ada, at=now())
    nearest.close(by=ada, at=now())
    called_off.cancel(by=ada, at=now())

    all_of_it = ["Gone by", "Called off", "Nearest", "Everyone"]
    assert [titles(person) for person in (ada, olga)] == [all_of_it] * 2
    assert titles(bo) == ["Gone by", "Called off", "Everyone"]
    assert titles(mallory) == []


def test_former_excluded_and_parted_people_find_nothing_in_the_past(ada, olga, street):
    people = {name: make_person(name) for name in ("Left", "Removed", "Excluded", "Parted", "Here")}
    for person in people.values():
        join(street, person, by=olga)
    closed = ask(ada, street, title="Closed", capacity=9)
    for person in people.values():
        closed.slots.get().claim(by=person, at=now())
    Slot.objects.update(starts_at=now() - 2 * HOUR, ends_at=now() - HOUR)
    theirs = {name: street.memberships.get(person=person) for name, person in people.items()}

    theirs["Left"].leave(at=now())
    theirs["Removed"].remove(by=olga, at=now())
    theirs["Excluded"].exclude(by=olga, at=now())
    Block.objects.make(by=ada, whom=people["Parted"], at=now())

    assert {name: titles(person) for name, person in people.items()} == {
        **dict.fromkeys(people, []),
        "Here": ["Closed"],
    }


def test_the_list_goes_on_page_by_page(ada, street, monkeypatch):
    monkeypatch.setattr("requests.views.closed_requests.PAGE", 2)
    for number in range(5):
        ask(ada, street, title=f"No. {number}").close(by=ada, at=now())
    client = signed_in(ada)

    found, url = [], "/requests/?state=closed"
    while url:
        page = client.get(url)
        found.append([row["title"] for row in page.context["asked"]])
        last = page.context["last"]
        url = f"/requests/?state=closed&before={last.pk}" if last else None
        assert not last or f"before={last.pk}" in page.text

    assert found == [["No. 4", "No. 3"], ["No. 2", "No. 1"], ["No. 0"]]


@pytest.mark.parametrize("odd", ["x", "-1", "9" * 30, "٣", ""])
def test_an_odd_page_is_the_first_one(odd, ada, street):
    ask(ada, street, title="Closed").close(by=ada, at=now())

    assert titles(ada, before=odd) == ["Closed"]


@pytest.mark.parametrize("number", [1, 3, 20])
def test_the_list_takes_three_queries(number, ada, bo, street, django_assert_num_queries):
    for _ in range(number):
        ask_for_company(ada, street, quietly=True).close(by=ada, at=now())
        ask(ada, street).close(by=ada, at=now())
    client = signed_in(bo)

    with django_assert_num_queries(3):
        page = client.get("/requests/?state=closed")

    assert len(page.context["asked"]) == min(2 * number, 30)
