"""A kind ending: the same words to all who came, each told once."""

import datetime as dt

import pytest
from django.urls import reverse

from circles.models import Block
from requests.models import Claim, Slot, Thanks
from supportnet.notices.delivery import deliver
from supportnet.notices.models import Notice
from tests.cast import DAY, HOUR, ask, draft, join, make_person, now
from tests.circles.pages import signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def train(ada, street, bo, olga):
    """Four suppers that have been: Bo came twice, Cy once, Dee did not come; and one tomorrow, by Eve."""
    for name in ("Cy", "Dee", "Eve"):
        join(street, make_person(name), by=olga)
    help_request = draft(ada, street)
    begins = now() + HOUR
    times = [(begins + n * dt.timedelta(days=1), begins + n * dt.timedelta(days=1) + HOUR) for n in range(5)]
    help_request.set_times(
        timing="once", starts_at=times[0][0], ends_at=times[0][1], also=times[1:], at=now()
    )
    help_request.publish(by=ada, at=now())
    people = {person.name: person for person in members_of(street)}
    for slot, name in zip(help_request.slots.in_order(), ["Bo", "Bo", "Cy", "Dee", "Eve"], strict=True):
        slot.claim(by=people[name], at=now())
    back = dt.timedelta(days=4)
    for slot in help_request.slots.in_order()[:4]:
        Slot.objects.filter(pk=slot.pk).update(starts_at=slot.starts_at - back, ends_at=slot.ends_at - back)
    Claim.objects.get(person__name="Dee").note_no_show(by=ada, at=now())
    Notice.objects.all().delete()
    return help_request


def members_of(circle):
    return [membership.person for membership in circle.memberships.current().select_related("person")]


def url(help_request):
    return reverse("request_thank", args=[help_request.pk])


def told():
    return sorted(Notice.objects.filter(kind="thanks_given").values_list("reader__name", flat=True))


def test_all_who_came_are_thanked_and_each_hears_of_it_once(train, ada):
    client = signed_in(ada)
    before = text(client.get(train.get_absolute_url()))

    after = client.post(url(train), {"text": "You carried us."}, follow=True)

    assert "Thank them all" in before and "Thank Dee" not in before and "Thank Eve" not in before
    assert sorted(Thanks.objects.values_list("claim__person__name", "text")) == [
        ("Bo", "You carried us."),
        ("Bo", "You carried us."),
        ("Cy", "You carried us."),
    ]
    assert told() == ["Bo", "Cy"]
    assert "Your thanks are on their way." in text(after)
    assert "A word of thanks?" not in text(after)


def test_once_more_thanks_nobody_twice(train, ada):
    for words in ("You carried us.", "Once more"):
        train.thank_all(by=ada, text=words, at=now())

    assert told() == ["Bo", "Cy"]
    assert set(Thanks.objects.values_list("text", flat=True)) == {"You carried us."}


def test_who_was_thanked_before_keeps_those_words(train, ada):
    Claim.objects.filter(person__name="Cy").get().thank(by=ada, text="That soup!", at=now())

    train.thank_all(by=ada, text="You carried us.", at=now())

    assert Thanks.objects.get(claim__person__name="Cy").text == "That soup!"
    assert told() == ["Bo", "Cy"]


def test_whoever_blocked_a_helper_does_not_thank_them(train, ada, bo):
    Block.objects.make(by=ada, whom=bo, at=now())

    train.thank_all(by=ada, text="You carried us.", at=now())

    assert told() == ["Cy"]


def test_thanks_of_somebody_blocked_are_written_down_as_to_one_who_left_and_do_not_arrive(train, ada, bo):
    Block.objects.make(by=bo, whom=ada, at=now())

    train.thank_all(by=ada, text="You carried us.", at=now())
    deliver(at=(now() + DAY).replace(hour=12))

    assert told() == ["Bo", "Cy"]
    [dropped] = Notice.objects.dropped().filter(kind="thanks_given")
    assert dropped.reader == bo
    claim = Claim.objects.filter(person=bo, thanks__isnull=False).first()
    for page in (claim.get_absolute_url(), reverse("helping"), "/", reverse("notices")):
        assert "You carried us" not in signed_in(bo).get(page).content.decode()


@pytest.mark.parametrize("blocker", ["asker", "helper"])
def test_whoever_was_blocked_is_reminded_to_thank_as_of_one_who_left(train, ada, bo, blocker):
    claim = Claim.objects.filter(person=bo).first()
    Notice.objects.queue("say_thanks", claim, to=ada, at=now())
    Block.objects.make(
        **({"by": ada, "whom": bo} if blocker == "asker" else {"by": bo, "whom": ada}), at=now()
    )

    deliver(at=(now() + DAY).replace(hour=12))

    sent = Notice.objects.sent().filter(kind="say_thanks", reader=ada)
    assert sent.exists() == (blocker == "helper")


@pytest.mark.parametrize("words", ["", " ", "x" * 501])
def test_words_are_needed_and_kept(train, ada, words):
    response = signed_in(ada).post(url(train), {"text": words})

    assert response.status_code == 422
    assert (words.strip() in response.content.decode(), told()) == (True, [])


def test_only_whoever_asks_thanks(train, bo, olga, mallory):
    answers = [signed_in(one).post(url(train), {"text": "Thanks"}).status_code for one in (bo, olga, mallory)]

    assert (answers, told()) == ([403, 403, 404], [])


def test_one_alone_is_thanked_by_name(ada, bo, street):
    slot = ask(ada, street).slots.get()
    slot.claim(by=bo, at=now())
    Slot.objects.update(starts_at=now() - 2 * HOUR, ends_at=now() - HOUR)

    page = text(signed_in(ada).get(slot.help_request.get_absolute_url()))

    assert "Thank Bo" in page and "Thank them all" not in page
