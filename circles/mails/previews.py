"""Small stories about circles, for the previews of mails."""

import datetime as dt

from supportnet.notices.models import Notice
from supportnet.notices.previews import scene

from ..models import Circle, CircleKind, Person, Report, change_email

DAY = dt.timedelta(days=1)


def somebody(name, at, **fields):
    """A person of a scene: verified and welcomed."""
    return Person.objects.create_user(
        f"{name.lower()}@preview.example", name=name, verified_at=at, welcomed_at=at, **fields
    )


def a_street(at, *members):
    """(circle, its keeper): a community circle with `members`."""
    olga = somebody("Olga", at)
    circle = Circle.objects.start(by=olga, kind=CircleKind.COMMUNITY, name="Lime Street", at=at)
    for member in members:
        circle.memberships.create(person=member).join(at=at)
    return circle, olga


@scene
def an_invitation(at):
    """Olga invites Bo, whom nobody knows yet."""
    circle, olga = a_street(at)
    circle.invite(
        email="bo@preview.example", by=olga, at=at, name="Bo", how_they_know="We sing in the same choir"
    )


@scene
def joiners(at):
    """Bo is let in, Mallory is not, and Cleo and Dan wait together."""
    circle, olga = a_street(at)
    circle.ask_to_join(somebody("Bo", at), at=at).admit(by=olga, at=at)
    circle.ask_to_join(somebody("Mallory", at), at=at).decline(by=olga, at=at)
    for name in ("Cleo", "Dan"):
        circle.ask_to_join(somebody(name, at), at=at)


def a_report(circle, reporter, about, at):
    """A report about a member."""
    member = circle.memberships.get(person=about)
    return Report.objects.make(
        circle=circle, reporter=reporter, subject=member, about=about, reason="He shouted at the door", at=at
    )


@scene
def something_is_reported(at):
    """Ada reports Bo, and the keeper is told."""
    ada, bo = somebody("Ada", at), somebody("Bo", at)
    circle, _olga = a_street(at, ada, bo)
    a_report(circle, ada, bo, at)


@scene
def a_report_is_settled(at):
    """Olga has looked at what Ada reported."""
    ada, bo = somebody("Ada", at), somebody("Bo", at)
    circle, olga = a_street(at, ada, bo)
    a_report(circle, ada, bo, at).settle(by=olga, outcome="We talked with both", at=at)


@scene
def the_only_keeper_is_reported(at):
    """Ada reports Olga, who alone keeps the circle; the staff are told."""
    ada = somebody("Ada", at)
    circle, olga = a_street(at, ada)
    somebody("Robin", at, is_staff=True)
    a_report(circle, ada, olga, at)


def around_rosa(at, keeper):
    """A care circle around Rosa, who is asked first."""
    whom = {"name": "Rosa", "email": "rosa@preview.example", "how_they_know": "I live across the landing"}
    circle = Circle.objects.start(
        by=keeper, kind=CircleKind.CARE, name="Around Rosa", around="Rosa", at=at, whom=whom
    )
    circle.consent.send(by=keeper, at=at)
    return circle


@scene
def somebody_is_asked_first(at):
    """Olga would like to start a circle around Rosa, who names Dora to decide; they agree and take it back."""
    rosa, dora = somebody("Rosa", at), somebody("Dora", at)
    consent = around_rosa(at, somebody("Olga", at)).consent
    consent.name_delegate(name="Dora", email=dora.email, by=rosa, at=at)
    consent.agree(by=dora, at=at)
    consent.withdraw(by=rosa, at=at)


@scene
def somebody_says_no_thank_you(at):
    """Rosa, who has no account yet, would rather not."""
    consent = around_rosa(at, somebody("Olga", at)).consent
    consent.decline(by=somebody("Rosa", at), at=at)


@scene
def an_address_changes_and_is_taken_back(at):
    """Ada's address changes, and whoever has the old one takes it back."""
    change_email(somebody("Ada", at), "new@preview.example", at=at).take_back(at=at)


@scene
def an_address_changes(at):
    """Bo changes his address."""
    change_email(somebody("Bo", at), "bo.new@preview.example", at=at)


@scene
def invitations_end_with_their_inviter(at):
    """Bo kept the street too, and had invited Mallory and opened a link."""
    bo = somebody("Bo", at)
    circle, olga = a_street(at, bo)
    keeping = circle.memberships.get(person=bo)
    keeping.make_keeper(by=olga, at=at)
    circle.invite(email="mallory@preview.example", by=bo, at=at, name="Mallory")
    circle.ask_to_join(somebody("Cleo", at), at=at, via=circle.open_link(by=bo, at=at))
    keeping.make_member(by=olga, at=at)


@scene
def a_check_ends(at):
    """The last day of Bo's check is over; he and Olga are told."""
    circle, olga = a_street(at, somebody("Bo", at))
    membership = circle.memberships.get(person__name="Bo")
    membership.note_check(by=olga, until=circle.date_at(at) - DAY, at=at)
    membership.let_check_run_out(at=at)


@scene
def a_circle_is_put_away(at):
    """Olga puts the street away, and Ada is told."""
    circle, olga = a_street(at, somebody("Ada", at))
    circle.archive(by=olga, at=at)


@scene
def a_passkey_is_added(at):
    """Cleo adds a passkey."""
    cleo = somebody("Cleo", at)
    Notice.objects.queue("way_in_changed", cleo, to=cleo, at=at, facts={"what": "webauthn_added"})
