import datetime as dt
import re
import uuid

import pytest

from circles.models import Invitation, JournalEntry, Ring
from supportnet.notices.models import Notice
from tests.cast import now
from tests.circles.pages import errors, signed_in, text

FIELDS = {
    "name": "Zed",
    "email": "Zed@Example.org",
    "how_they_know": "We sing in the same choir.",
    "ring": Ring.CLOSE.value,
}


def write(client, circle, button="preview", **fields):
    fields = {**FIELDS, "form_key": uuid.uuid4(), button: "", **fields}
    return client.post(f"/circles/{circle.pk}/invite/", fields)


def test_the_mail_is_shown_before_it_is_sent_and_nothing_is_stored(olga, street):
    response = write(signed_in(olga), street)

    letter = response.context["letter"]
    assert (response.status_code, Invitation.objects.count()) == (200, 0)
    assert not Notice.objects.filter(kind="invitation").exists()
    for words in ("Olga", "We sing in the same choir.", "/circles/join/…/"):
        assert words in letter.body
    assert letter.body.split() == response.context["letter"].body.split()
    assert "We sing in the same choir." in text(response)


def test_the_preview_does_not_tell_whether_somebody_has_an_account(olga, mallory, street):
    client, key = signed_in(olga), uuid.uuid4()
    mallory.edit(at=now(), language="de")

    known, unknown = (
        write(client, street, email=email, form_key=key) for email in ("mallory@example.org", "m@example.org")
    )

    assert known.context["letter"].body == unknown.context["letter"].body


def test_whoever_goes_back_and_invites_somebody_else_invites_both(olga, street):
    client, key = signed_in(olga), uuid.uuid4()

    for email in ("zed@example.org", "yan@example.org", " Yan@Example.org"):
        write(client, street, "send", email=email, form_key=key)

    invited = Invitation.objects.order_by("email").values_list("email", flat=True)
    assert list(invited) == ["yan@example.org", "zed@example.org"]


def test_whoever_goes_back_and_opens_another_link_has_both(olga, street):
    client, key = signed_in(olga), uuid.uuid4()

    for days, uses in (("7", "5"), ("30", "5"), ("30", ""), ("30", "")):
        client.post(f"/circles/{street.pk}/link/", {"days": days, "uses": uses, "form_key": key})

    assert Invitation.objects.count() == 3


def test_what_was_shown_is_what_is_sent(olga, street):
    from django.core import mail

    from supportnet.notices.delivery import deliver

    shown = write(signed_in(olga), street).context["letter"]
    write(signed_in(olga), street, "send")
    deliver(at=now())

    [sent] = [message for message in mail.outbox if message.to == ["zed@example.org"]]
    token = Invitation.objects.get().token
    assert (sent.subject, sent.body.replace(token, "…")) == (shown.subject, shown.body)


def test_sending_invites_once_however_often_one_presses(olga, street):
    client, key = signed_in(olga), uuid.uuid4()

    for _ in range(2):
        assert write(client, street, "send", form_key=key).url == f"/circles/{street.pk}/invitations/"

    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.ring, invitation.invited_by, invitation.revoked_at) == (
        "zed@example.org",
        Ring.CLOSE,
        olga,
        None,
    )
    assert Notice.objects.filter(kind="invitation").count() == 1


def test_one_may_go_back_and_change_it(olga, street):
    response = write(signed_in(olga), street, "change")

    assert (response.status_code, Invitation.objects.count()) == (200, 0)
    assert 'value="We sing in the same choir."' in response.content.decode()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"email": "zed"}, "email"),
        ({"email": ""}, "email"),
        ({"email": "zed@example.org\nBcc: all@example.org"}, "email"),
        ({"name": ""}, "name"),
        ({"how_they_know": ""}, "how_they_know"),
        ({"how_they_know": "x" * 201}, "how_they_know"),
        ({"ring": "4"}, "ring"),
        ({"form_key": "x"}, "form_key"),
    ],
)
def test_a_wrong_invitation_is_not_sent(olga, street, fields, field):
    response = write(signed_in(olga), street, "send", **fields)

    assert (response.status_code, list(errors(response)), Invitation.objects.count()) == (422, [field], 0)


def test_no_header_slips_into_a_mail_by_a_name(olga, street):
    response = write(signed_in(olga), street, name="Zed\r\nBcc: all", how_they_know="a\r\nX: y")

    letter = response.context["letter"]
    assert "\n" not in letter.subject
    assert set(letter.message().keys()).isdisjoint({"Bcc", "X"})


def test_too_many_invitations_wait_for_an_hour(olga, street, settings):
    settings.POSTING_LIMITS = {**settings.POSTING_LIMITS, "invite": "1/h/person"}
    client = signed_in(olga)

    assert [write(client, street, "send", email=f"z{n}@example.org").status_code for n in range(2)] == [
        302,
        422,
    ]


def test_only_keepers_invite(bo, mallory, street):
    for person, status in ((bo, 403), (mallory, 404)):
        client = signed_in(person)
        assert write(client, street, "send").status_code == status
        for page in ("link", "invitations"):
            assert client.get(f"/circles/{street.pk}/{page}/").status_code == status
    assert not Invitation.objects.exists()


def test_a_link_has_a_picture_that_stands_in_the_page_by_itself(olga, street):
    client = signed_in(olga)
    client.post(f"/circles/{street.pk}/link/", {"days": "7", "uses": "5", "form_key": uuid.uuid4()})

    page = client.get(f"/circles/{street.pk}/link/").content.decode()

    link = Invitation.objects.get()
    svg = re.search(r'<div class="qr".*?</div>', page, re.S).group()
    assert link.url in page
    assert (
        "<svg" in svg
        and "viewBox" in svg
        and "style" not in svg
        and "script" not in svg
        and "http" not in svg
    )
    assert (link.uses_left, link.expires_at - link.created_at) == (5, dt.timedelta(days=7))


def test_pressing_twice_opens_one_link(olga, street):
    client, key = signed_in(olga), uuid.uuid4()

    for _ in range(2):
        client.post(f"/circles/{street.pk}/link/", {"days": "30", "uses": "", "form_key": key})

    assert Invitation.objects.get().uses_left is None


@pytest.mark.parametrize(
    "fields", [{"days": "1000"}, {"uses": "0"}, {"uses": "-3"}, {"uses": "many"}, {"uses": "9" * 30}]
)
def test_a_link_has_sensible_limits(olga, street, fields):
    response = signed_in(olga).post(
        f"/circles/{street.pk}/link/", {"days": "30", "uses": "", "form_key": uuid.uuid4(), **fields}
    )

    assert (response.status_code, list(errors(response)), Invitation.objects.count()) == (
        422,
        list(fields),
        0,
    )


def test_the_list_says_how_each_invitation_stands_and_takes_them_back(olga, street):
    client = signed_in(olga)
    invitation = street.invite(email="zed@example.org", name="Zed", by=olga, at=now())
    street.open_link(by=olga, at=now())

    client.post(f"/circles/{street.pk}/invitations/{invitation.pk}/revoke/")
    response = client.get(f"/circles/{street.pk}/invitations/")

    assert [item.stands for item in response.context["invitations"]] == ["open", "revoked"]
    assert [entry.verb for entry in JournalEntry.objects.about(invitation)] == ["invited", "revoked"]


def test_nobody_takes_back_an_invitation_of_another_circle(olga, bo, mallory, street, elsewhere):
    invitation = street.invite(email="zed@example.org", by=olga, at=now())

    for person, circle, status in ((mallory, elsewhere, 404), (mallory, street, 404), (bo, street, 403)):
        url = f"/circles/{circle.pk}/invitations/{invitation.pk}/revoke/"
        assert signed_in(person).post(url).status_code == status
    invitation.refresh_from_db()
    assert invitation.revoked_at is None
