"""The permission table: every address, and what it answers to whom. A new one fails until it is listed.

Who comes, in the order of the columns:
anonymous; a stranger, in no circle; the keeper of another circle; somebody who asked to join and waits;
a member; the claimer, who promised to help; the asker; the keeper of the circle; the installation's staff.

What they get: a status, `in` (to sign-in) or `go` (led on to another page). Two words are for anonymous and
for everybody else. Left of the bar stands what looking gets, right of it what doing gets (POST without any
fields, so that 422 says "you may, but fill it in"); without a right side, doing is refused or like looking.

Nine more come who have no columns of their own: what `ALIKE` says they get, but for the lines in `BUT`.
"""

import re
from contextlib import contextmanager
from datetime import time
from functools import cache
from itertools import product
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.cache import cache as counts
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from circles.models import Block, Circle, JournalEntry, Person, Report, Ring, change_email
from requests.models import Claim, HelpRequest, StandbyCall
from requests.visibility import policies
from supportnet.notices import kinds, personal_links, unsubscribe_links
from supportnet.notices.models import Heartbeat, Notice
from tests import cast
from tests.house.watched import Browser

# The world is made once and outside of any test; the mark says that a database is needed.
pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ROLES = ("anonymous", "stranger", "other", "waiting", "member", "claimer", "asker", "keeper", "staff")
# Who asks for the head alone, as scanners of mail do: nothing is written by it either.
HEADS = ("anonymous", "claimer", "keeper")
# Whose column somebody without one has, and whose for what the asker asks. Those who stand nearer; whom a keeper has
# quietly set aside; whom the asker blocked; who left; whom a keeper removed; and helpers, before their time comes,
# while they are there, and 25 hours after its end, each with a request and a promise of their own.
ALIKE = {
    **dict.fromkeys(("inner", "close", "aside"), ("claimer", "member")),
    "blocked": ("claimer", "stranger"),
    **dict.fromkeys(("former", "removed"), ("stranger", "stranger")),
    **dict.fromkeys(("before", "during", "after"), ("claimer", "claimer")),
}
EVERYBODY = (*ROLES, *ALIKE)

TABLE = """
# name                           ano str oth wai mem cla ask kee sta | ano str oth wai mem cla ask kee sta

# People
home                             200 200
me                               in  200                             | in  422
my_calendar                      in  200
welcome                          in  200                             | in  422
notices                          in  200                             | in  go
helping                          in  200                             | in  go
unsubscribe                      200 200                             | 200 200
personal_link                    200 200 200 200 go  200 200 200 200 | in  200 200 200 go  200 200 200 200
address_back                     200 200                             | in  in
blocks                           in  200
block_lift                       405                                 | in  404 404 404 go  404 404 404 404
unsent                           in  go                              | in  go

# Circles
circles                          in  200
circle_new                       in  200                             | in  422
directory                        in  200
circle_join                      in  200 200 200 go  go  go  go  200 | in  go  go  200 go  go  go  go  go
circle_take_back                 405                                 | in  404 404 go  go  go  go  go  404
join                             200 200 200 go  go  go  go  go  200 | 200 go
circle                           in  404 404 200 200 200 200 200 404
circle_calendar                  in  404 404 200 200 200 200 200 404
circle_sheet                     in  404 404 200 403 403 403 200 404
circle_calls                     in  404 404 200 403 403 403 200 404
circle_edit                      in  404 404 200 403 403 403 200 404 | in  404 404 200 403 403 403 422 404
circle_archive                   in  404 404 200 403 403 403 200 404 | in  404 404 200 403 403 403 go  404
circle_take_up                   405                                 | in  404 404 200 403 403 403 go  404
circle_consent                   in  404 404 404 404 404 404 200 404 | in  404 404 404 404 404 404 422 404
consent                          200 403 403 403 403 403 200 403 403 | in  403 403 403 403 403 422 403 403
circle_hears                     405                                 | in  404 404 200 422 422 422 422 404
circle_leave                     in  404 404 200 200 200 200 200 404 | in  404 404 200 go  go  go  422 404
circle_members                   in  404 404 200 200 200 200 200 404
circle_add                       in  404 404 200 403 403 403 200 404 | in  404 404 200 403 403 403 422 404
member_edit                      in  404 404 200 403 403 403 200 404 | in  404 404 200 403 403 403 422 404
circle_invite                    in  404 404 200 403 403 403 200 404 | in  404 404 200 403 403 403 422 404
circle_link                      in  404 404 200 403 403 403 200 404 | in  404 404 200 403 403 403 422 404
circle_invitations               in  404 404 200 403 403 403 200 404
invitation_revoke                405                                 | in  404 404 200 403 403 403 go  404
invitation_renew                 405                                 | in  404 404 200 403 403 403 go  404
member_admit                     405                                 | in  404 404 200 403 403 403 go  404
member_decline                   405                                 | in  404 404 200 403 403 403 go  404
member_remove                    405                                 | in  404 404 200 403 403 403 go  404
member_place                     405                                 | in  404 404 200 403 403 403 go  404
circle_place                     405                                 | in  404 404 200 403 403 403 422 404
member_contact                   405                                 | in  404 404 200 403 403 403 go  404
member_check                     in  404 404 200 403 403 403 200 404 | in  404 404 200 403 403 403 422 404
member_exclude                   405                                 | in  404 404 200 403 403 403 go  404
member_block                     in  404 404 200 404 200 200 200 404 | in  404 404 200 404 go  go  go  404
member_report                    in  404 404 200 404 200 200 200 404 | in  404 404 200 404 422 422 422 404
member_keeper                    405                                 | in  404 404 200 403 403 403 go  404
member_member                    405                                 | in  404 404 200 403 403 403 go  404

# Requests
requests                         in  200
request_new                      in  200
request_new_kind                 in  go  200 go  200 200 200 200 go  | in  go  422 go  422 422 422 422 go
request                          in  404 404 404 200 200 200 200 404
request_{publish,discard}        405                                 | in  404 404 404 404 404 go  404 404
request_consent                  in  404 404 404 404 404 200 404 404 | in  404 404 404 404 404 422 404 404
request_edit                     in  404 404 404 403 403 200 200 404 | in  404 404 404 403 403 422 422 404
request_times                    in  404 404 404 403 403 200 200 404 | in  404 404 404 403 403 422 422 404
request_move                     in  404 404 404 403 403 200 403 404 | in  404 404 404 403 403 422 403 404
request_calendar                 in  404 404 404 200 200 200 200 404
request_sheet                    in  404 404 404 403 200 200 200 404
request_claims                   in  404 404 404 200 200 403 200 404 | in  404 404 404 422 422 403 422 404
request_thank                    405                                 | in  404 404 404 403 403 422 403 404
request_close                    405                                 | in  404 404 404 403 403 go  go  404
request_reopen                   in  404 404 404 403 403 go  go  404
request_reach                    in  404 404 404 403 403 200 403 404 | in  404 404 404 403 403 422 403 404
request_{hasten,hold,go_on}      405                                 | in  404 404 404 403 403 go  go  404
request_anybody                  405                                 | in  404 404 404 403 403 go  403 404
request_{pass,unpass}            405                                 | in  404 404 404 go  go  403 go  404
request_cancel                   in  404 404 404 403 403 200 200 404 | in  404 404 404 403 403 go  go  404
request_block                    in  404 404 404 200 200 403 200 404 | in  404 404 404 go  go  403 go  404
report_somebody                  in  200
claim_report                     in  404 404 404 404 200 200 404 404 | in  404 404 404 404 422 422 404 404
request_report                   in  404 404 404 200 200 403 200 404 | in  404 404 404 422 422 403 422 404
answer_report                    in  404 404 404 200 403 200 200 404 | in  404 404 404 422 403 422 422 404
request_answers                  405                                 | in  404 404 404 422 422 403 422 404
answer_helped                    405                                 | in  404 404 404 403 403 go  403 404
slot_claim                       in  404 404 404 200 200 403 200 404 | in  404 404 404 go  go  403 go  404
slot_sign_up                     in  404 404 404 403 403 403 200 404 | in  404 404 404 403 403 403 422 404
slot_edit                        in  404 404 404 403 403 200 200 404 | in  404 404 404 403 403 422 422 404
slot_cancel                      in  404 404 404 403 403 200 200 404 | in  404 404 404 403 403 go  go  404
series_{extend,days}             in  404 404 404 403 403 200 200 404 | in  404 404 404 403 403 422 422 404
claim                            in  404 404 404 404 200 200 200 404
claim_{accept,decline}           405                                 | in  404 404 404 404 403 go  403 404
claim_{confirm,release}          405                                 | in  404 404 404 404 go  403 go  404
claim_bring                      405                                 | in  404 404 404 404 go  403 403 404
claim_late                       405                                 | in  404 404 404 404 422 403 403 404
request_wishes                   in  404 404 404 403 403 200 200 404 | in  404 404 404 403 403 go  go  404
doorstep_today                   405                                 | in  404
claim_no_show                    405                                 | in  404 404 404 404 403 go  403 404
claim_cover                      405                                 | in  404 404 404 404 go  403 403 404
claim_stay                       405                                 | in  404 404 404 404 go  403 403 404
standby_call                     in  404 404 404 404 200 404 404 404 | in  404 404 404 404 go  404 404 404
request_standby                  405                                 | in  404 404 404 go  go  403 go  404
claim_cancel                     405                                 | in  404 404 404 404 403 go  go  404
claim_keep                       405                                 | in  404 404 404 404 403 403 go  404
claim_happened                   in  404 404 404 404 200 403 403 404 | in  404 404 404 404 422 403 403 404
claim_thank                      405                                 | in  404 404 404 404 403 422 403 404

# The way in by mailed code, and allauth's pages about one's own account
accounts/{login,signup}/         in
account_{login,signup}           in
account_request_login_code       200 go                              | 422 go
account_confirm_login_code       in  go
account_logout                   go  200                             | go  go
account_inactive                 200
account_reauthenticate           in  403
account_request_reauthentication_code in  200
account_confirm_reauthentication_code in  go
account_email                    in  200                             | in  go
usersessions_list                in  200                             | in  go
session_end                      405                                 | in  404
account_email_verification_sent  in  go
mfa_index                        in  200
mfa_authenticate                 in  go
mfa_reauthenticate               in  go
mfa_reauthenticate_webauthn      in  go
mfa_activate_totp                in  go
mfa_deactivate_totp              in  404
mfa_{view,download}_recovery_codes in  404
mfa_generate_recovery_codes      in  go
mfa_list_webauthn                in  200
mfa_add_webauthn                 in  go
mfa_{remove,edit}_webauthn       in  go
mfa_login_webauthn               in  go

# The house
healthz                          200 200
readyz                           503 503
mailbox                          404 404
mailbox_{message,html,attachment} 404

# Mails to be looked at, for staff; the samples in them are rolled back as soon as they are drawn
mails                            in  404 404 404 404 404 404 404 200
mail                             in  404 404 404 404 404 404 404 200
mail_html                        in  404 404 404 404 404 404 404 200

# The staff's pages
admin:{index,app_list,jsi18n}    in  in  in  in  in  in  in  in  200
admin:login                      in  403 403 403 403 403 403 403 go  | in  403 403 403 403 403 403 403 200
admin:logout                     go  go  go  go  go  go  go  go  405 | go
admin/(?P<url>.*)$               in  in  in  in  in  in  in  in  404
# Read only: what has a page of its own, or is nobody's to write.
admin:{WATCHED}_{changelist,history} in  in  in  in  in  in  in  in  200
admin:{WATCHED}_change           in  in  in  in  in  in  in  in  200 | in  in  in  in  in  in  in  in  403
admin:{WATCHED}_{add,delete}     in  in  in  in  in  in  in  in  403
# What no keeper can look into is settled here: POST without fields comes back with its error.
admin:circles_report_{changelist,history,change} in  in  in  in  in  in  in  in  200
admin:circles_report_{add,delete} in  in  in  in  in  in  in  in  403
admin:notices_heartbeat_changelist in  in  in  in  in  in  in  in  200
admin:notices_heartbeat_{add,delete} in  in  in  in  in  in  in  in  403
admin:notices_heartbeat_change   in  in  in  in  in  in  in  in  200 | in  in  in  in  in  in  in  in  403
admin:notices_heartbeat_history  in  in  in  in  in  in  in  in  200
admin/{WATCHED_AT}/<path:object_id>/ in  in  in  in  in  in  in  in  go

# The panel: for keepers, each among their own circles
organize:{index,app_list,jsi18n} in  404 200 404 404 404 404 200 404
organize/(?P<url>.*)$            in  404
organize:{KEPT}_changelist       in  404 200 404 404 404 404 200 404
organize:{ASKED}_changelist      in  404 200 404 404 404 404 200 404
organize:{KEPT}_{add,delete}     in  404 403 404 404 404 404 403 404
organize:{ASKED}_{add,delete}    in  404 403 404 404 404 404 403 404
organize:{KEPT}_history          in  404 404 404 404 404 404 200 404
organize:{ASKED}_history         in  404 404 404 404 404 404 200 404
organize:{KEPT}_change           in  404 404 404 404 404 404 200 404 | in  404 403 404 404 404 404 403 404
organize:requests_{claim,slot}_change in  404 404 404 404 404 404 200 404 | in  404 403 404 404 404 404 403 404
organize:requests_helprequest_change in  404 404 404 404 404 404 200 404 | in  404 404 404 404 404 404 200 404
organize:{circles_circle,circles_journalentry}_verb in  404
organize:circles_report_verb     in  404 404 404 404 404 404 200 404 | in  404 404 404 404 404 404 422 404
organize:{DONE_TO}_verb          in  404 404 404 404 404 404 200 404 | in  404 404 404 404 404 404 go  404
organize:{ASKED}_verb            in  404 404 404 404 404 404 200 404 | in  404 404 404 404 404 404 go  404
organize/circles/{KEPT_AT}/<path:object_id>/ in  404 go  404 404 404 404 go  404
organize/notices/notice/<path:object_id>/ in  404 go  404 404 404 404 go  404
organize/requests/{claim,helprequest,slot}/<path:object_id>/ in  404 go  404 404 404 404 go  404
"""

# What those without columns get otherwise than `ALIKE` says: (looking, doing).
HELPERS = ("before", "during", "after")
BUT = {
    "request_sheet": {"after": ("403", None)},  # it holds the address
    "answer_report": dict.fromkeys(HELPERS, ("200", "422")),  # the claimer wrote it
    "standby_call": dict.fromkeys(HELPERS, ("404", "404")),  # the claimer is asked
    "claim_happened": {"before": ("go", "go")},
    "circle_take_back": dict.fromkeys(("former", "removed"), ("405", "go")),
}
# How far whoever asks lets a field of the ladder reach, and who reads it on the pages of the request and the promise.
LADDER = {
    "keepers": "asker keeper",
    "helpers": "asker keeper claimer before during",
    "inner": "asker keeper claimer before during inner",
    "close": "asker keeper claimer before during inner close",
    "everyone": "asker keeper claimer before during inner close member after",
}
AREA = "asker keeper claimer before during inner close member after aside"
# Models that share their lines.
GROUPS = {
    "KEPT": "circles_circle,circles_membership,circles_invitation,circles_journalentry,circles_report,notices_notice",
    "KEPT_AT": "circle,membership,invitation,journalentry,report",
    "DONE_TO": "circles_membership,circles_invitation,notices_notice",
    "ASKED": "requests_claim,requests_helprequest,requests_slot",
    "WATCHED": "circles_person,circles_circle,notices_notice",
    "WATCHED_AT": "circles/person,circles/circle,circles/report,notices/notice,notices/heartbeat",
}
# Whoever has no session reaches these, and nothing else without the door.
OPEN_TO_ALL = {
    *("home", "join", "consent", "unsubscribe", "personal_link", "address_back", "healthz", "readyz"),
    *("account_request_login_code", "account_logout", "account_inactive"),
    "admin:logout",  # leads on to the front page
}
# What looking may write, and why: messages that were shown are taken out of the session.
WRITES_ANYWHERE = {"django_session"}
# Previews draw samples, which are rolled back at once.
SAMPLES = {"mails", "mail", "mail_html"}
WRITES = {
    "request": {"circles_journalentry"},  # who saw the address and when, for its owner
    "claim": {"circles_journalentry"},
    "request_edit": {"circles_journalentry"},
    "request_wishes": {"circles_journalentry"},
    "organize:requests_helprequest_change": {"circles_journalentry"},
}


class World:
    """One of everything, with somebody in every role."""

    def __init__(self):
        # Every browser shares it: loading all middleware anew takes as long as a page.
        self.handler = Client().handler
        self.people = {role: cast.make_person(role.title()) for role in EVERYBODY[1:]}
        self.__dict__.update(self.people)
        for person in self.people.values():
            EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        Person.objects.filter(pk=self.staff.pk).update(is_staff=True, is_superuser=True)
        self.circle = cast.make_circle(self.keeper, self.member, self.claimer, self.asker, listed=True)
        cast.make_circle(self.other, name="Elsewhere")
        self._others()
        self.waits = self.circle.ask_to_join(self.waiting, at=cast.now())
        self.membership = self.circle.memberships.get(person=self.member)
        said = {"name": "Rosa", "phone": "555 0107", "by": self.keeper, "at": cast.now()}
        self.by_phone = self.circle.add_without_email(**said)
        self.block = Block.objects.make(by=self.member, whom=self.stranger, at=cast.now())
        self.report_to_staff = self._report(self.keeper)
        self.report = self._report(self.claimer)
        self.invitation = self.circle.open_link(by=self.keeper, at=cast.now())
        self.ended = self.circle.open_link(by=self.keeper, at=cast.now())
        self.circle.invitations.filter(pk=self.ended.pk).lapse(at=cast.now())
        self.help_request = cast.ask(self.asker, self.circle, capacity=2)
        self.slot = self.help_request.slots.get()
        self.claim = self.slot.claim(by=self.claimer, at=cast.now(), bringing="Soup")
        self.draft = cast.draft(self.asker, self.circle)
        self.question = cast.ask_for_advice(self.asker, self.circle)
        self.answer = self.question.answer(by=self.claimer, text="Ask for a visit.", at=cast.now())
        self.company = cast.ask_for_company(self.asker, self.circle, up_to=Ring.EVERYONE)
        self.offer = self.company.slots.get().claim(by=self.claimer, at=cast.now())
        self.past_claim = self._past()
        self.series = self._series()
        self.standby = StandbyCall.objects.create(
            slot=self.slot,
            person=self.claimer,
            starts_at=self.slot.starts_at,
            asked_at=cast.now(),
            answer_by=cast.now() + cast.HOUR,
        )
        self.journalentry = JournalEntry.objects.filter(circle=self.circle).latest("pk")
        self.notice = Notice.objects.filter(circle_id=self.circle.pk).latest("pk")
        Notice.objects.filter(pk=self.notice.pk).update(failed_at=cast.now(), error="550 no such user")
        Heartbeat.objects.beat("worker", cast.now())
        self.heartbeat = Heartbeat.objects.get()
        self.sessions = {role: self._sign_in(person) for role, person in self.people.items()}
        self.token = self.invitation.token
        self.care = self._care()
        self.consent = self.care.consent.token
        self.for_somebody = cast.draft(self.asker, self.circle)
        whom = {"name": "Rosa", "email": "rosa@example.org"}
        self.for_somebody.ask_consent(whom, by=self.asker, at=cast.now())
        path = unsubscribe_links.path(kinds.find("wave_opened"), self.member, self.help_request)
        self.unsubscribe = path.rstrip("/").rpartition("/")[2]
        self.address_back = change_email(cast.make_person("Moved"), "new@example.org", at=cast.now()).token
        path = personal_links.path(self.member, self.help_request.get_absolute_url())
        self.personal = path.rstrip("/").rpartition("/")[2]

    def _others(self):
        """Those without columns of their own."""
        rings = {"inner": Ring.INNER, "close": Ring.CLOSE}
        joined = {
            role: cast.join(
                self.circle, self.people[role], by=self.keeper, ring=rings.get(role, Ring.EVERYONE)
            )
            for role in ALIKE
        }
        joined["aside"].exclude(by=self.keeper, at=cast.now())
        joined["former"].leave(at=cast.now())
        joined["removed"].remove(by=self.keeper, at=cast.now())
        Block.objects.make(by=self.asker, whom=self.blocked, at=cast.now())
        began = {"before": cast.DAY, "during": -cast.HOUR, "after": -27 * cast.HOUR}
        self.own = {role: self._promised(self.people[role], begins_in) for role, begins_in in began.items()}

    def _promised(self, person, begins_in):
        """What stands in the addresses of a helper whose time of two hours begins then."""
        help_request = cast.ask(self.asker, self.circle, capacity=2)
        slot = help_request.slots.get()
        claim = slot.claim(by=person, at=cast.now())
        start = cast.now() + begins_in
        times = {"starts_at": start, "ends_at": start + 2 * cast.HOUR}
        type(slot).objects.filter(pk=slot.pk).update(**times, open_until=start + cast.HOUR / 2)
        mine = dict.fromkeys(("claim", "offer", "past_claim"), claim)
        return {"help_request": help_request, "slot": slot, **mine}

    def _report(self, about):
        """The asker reports a member."""
        subject, at = self.circle.memberships.get(person=about), cast.now()
        said = {"reporter": self.asker, "subject": subject, "about": about, "reason": "Shouts"}
        return Report.objects.make(circle=self.circle, **said, at=at)

    def _care(self):
        """A circle around the asker, who has not answered yet."""
        whom = {"name": "Asker", "email": self.asker.email}
        care = Circle.objects.start(by=self.keeper, kind="care", name="Care", at=cast.now(), whom=whom)
        care.consent.send(by=self.keeper, at=cast.now())
        return care

    def _past(self):
        """A promise whose time has come and gone."""
        slot = cast.ask(self.asker, self.circle, in_days=7).slots.get()
        claim = slot.claim(by=self.claimer, at=cast.now())
        type(slot).objects.filter(pk=slot.pk).update(
            starts_at=cast.now() - 5 * cast.HOUR, ends_at=cast.now() - 4 * cast.HOUR
        )
        return claim

    def _series(self):
        help_request, today = cast.draft(self.asker, self.circle), cast.now().date()
        when = {"starts_on": today + cast.DAY, "until": today + 9 * cast.DAY, "weekdays": [1, 3, 5]}
        help_request.set_times(timing="series", local_start=time(18), minutes=60, at=cast.now(), **when)
        help_request.publish(by=self.asker, at=cast.now(), up_to=Ring.EVERYONE)
        return help_request.series.get()

    def _sign_in(self, person):
        client = Client()
        client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
        return client.cookies[settings.SESSION_COOKIE_NAME].value

    def client(self, role):
        """A browser in which `role` is signed in; it fails at an answer without the headers, or at a loud refusal."""
        client = Browser(names=[person.email for person in self.people.values()])
        client.handler = self.handler
        if role in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[role]
        return client


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """One world for all: whatever a test does in it is taken back (`only_tried`)."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


@cache
def addresses():
    """{name or route: route} of every address, as the resolver knows it."""
    found = {}

    def walk(patterns, route="", namespace=""):
        for pattern in patterns:
            here = route + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                found.setdefault(f"{namespace}{pattern.name}" if pattern.name else here, here)
            else:
                walk(pattern.url_patterns, here, f"{pattern.namespace}:" if pattern.namespace else namespace)

    walk(get_resolver().url_patterns)
    return found


def lines():
    """(name, answers to looking, answers to doing) of each line, both by role."""
    for line in TABLE.splitlines():
        if line.strip() and not line.startswith("#"):
            looking, _bar, doing = line.partition("|")
            names, *looking = looking.split()
            for name in _names(names):
                yield name, _by_role(looking), _by_role(doing.split()) if doing else None


def with_others(name, looking, doing):
    """The answers of a line, and those of whoever has no column in it; None where doing has no right side."""
    is_about_what_is_asked = bool(ABOUT_WHAT_IS_ASKED.match(AS_ROUTES.get(name) or addresses()[name]))
    looking, doing = dict(looking), dict(doing or dict.fromkeys(ROLES))
    for role, columns in ALIKE.items():
        column = columns[is_about_what_is_asked]
        usual = looking[column], doing[column]
        looking[role], doing[role] = BUT.get(name, {}).get(role, usual)
    return looking, doing


def _names(names):
    """Every name that "a_{b,c}" stands for."""
    parts = [GROUPS.get(part, part).split(",") for part in re.split(r"[{}]", names)]
    return ["".join(parts) for parts in product(*parts)]


def _by_role(words):
    """{role: answer}; one word is for all, two are for anonymous and for everybody else."""
    return dict(zip(ROLES, words + [words[-1]] * (len(ROLES) - len(words)), strict=True))


ABOUT_WHAT_IS_ASKED = re.compile("(requests|slots|claims|series|answers|standbys)/<number")
# What stands in an address, by the first part of the route; in the panel, by the model.
THINGS = {
    "circles": "circle",
    "requests": "help_request",
    "slots": "slot",
    "claims": "claim",
    "series": "series",
    "answers": "answer",
    "standbys": "standby",
    "person": "member",
    "helprequest": "help_request",
}
# What some lines need instead of the usual; and fields, where none at all would say nothing.
INSTEAD = {
    "member_admit": {"membership_pk": "waits"},
    "member_decline": {"membership_pk": "waits"},
    "member_edit": {"membership_pk": "by_phone"},
    "invitation_renew": {"invitation_pk": "ended"},
    "unsubscribe": {"token": "unsubscribe"},
    "address_back": {"token": "address_back"},
    "session_end": {"pk": "member"},
    "circle_consent": {"pk": "care"},
    "consent": {"token": "consent"},
    "request_consent": {"pk": "for_somebody"},
    "personal_link": {"token": "personal"},
    **{f"mfa_{verb}_webauthn": {"pk": "member"} for verb in ("remove", "edit")},
    "block_lift": {"pk": "block"},
    **{f"admin:circles_report_{page}": {"object_id": "report_to_staff"} for page in ("change", "history")},
    "request_publish": {"pk": "draft"},
    "request_discard": {"pk": "draft"},
    "request_answers": {"pk": "question"},
    **{f"claim_{verb}": {"pk": "offer"} for verb in ("accept", "decline")},
    **{f"claim_{verb}": {"pk": "past_claim"} for verb in ("happened", "no_show", "thank")},
}
# Django's own admin, for the staff and for the keepers.
FAMILIES = ("admin", "organize")
# Templates from elsewhere; allauth's are dressed in ours, but ask for more than there is.
# What a component may be given, and does without.
OPTIONAL = {"choices"}
NOT_OURS = (*FAMILIES, "mfa", "mail")
AS_ROUTES = {
    "admin:app_list": "admin/circles/",
    "admin/(?P<url>.*)$": "admin/nothing",
    "organize:app_list": "organize/circles/",
    "organize/(?P<url>.*)$": "organize/nothing",
}
VERBS = {
    "membership": "remove",
    "invitation": "revoke",
    "notice": "again",
    "report": "settle",
    "claim": "release",
    "helprequest": "close",
    "slot": "cancel",
}
FIELDS = {"circle_place": {"ring": "2"}, "member_place": {"ring": "2"}}
EVIL = "//evil.example/"


def path_to(world, name, role=None, **values):
    """The address, with `values`, or else what is the role's own, or else what is in the world."""
    route = AS_ROUTES.get(name) or addresses()[name]
    parts = route.split("/")
    noun = parts[2] if name.startswith(FAMILIES) and len(parts) > 2 else parts[0]
    about = {"pk": noun, "object_id": noun, **INSTEAD.get(name, {})}
    kind = "instrumental" if noun == "requests" else "reminder"
    given = {"kind": kind, "language": "en", "number": "0", "verb": VERBS.get(noun, "nothing"), **values}

    def value(match):
        field = match[1]
        if field in given:
            return given[field]
        thing = about.get(field, field.removesuffix("_pk"))
        thing = THINGS.get(thing, thing)
        found = world.own.get(role, {}).get(thing) or getattr(world, thing, "nobody-has-this")
        return str(getattr(found, "pk", found))

    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", value, route)


def answer(response):
    """The status, or where it leads in a word."""
    if response.status_code not in (301, 302, 303):
        return str(response.status_code)
    doors = (reverse(settings.LOGIN_URL), reverse("account_login"), reverse("admin:login"))
    return "in" if response.url.startswith(doors) else "go"


@contextmanager
def only_tried():
    """Whatever happens inside has not happened."""
    counts.clear()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def written():
    """The tables that are written to meanwhile."""
    tables = []

    def look(execute, sql, params, many, context):
        if found := re.match(r'(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"', sql):
            tables.append(found[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield tables


def test_every_address_stands_in_the_table():
    assert sorted(addresses()) == sorted(name for name, _, _ in lines())


def test_who_has_no_session_meets_the_door():
    beyond = {name for name, looking, _ in lines() if looking["anonymous"] not in ("in", "404", "405")}

    assert beyond == OPEN_TO_ALL


@pytest.mark.parametrize(("name", "looking", "doing"), list(lines()), ids=[name for name, *_ in lines()])
def test_everybody_gets_what_the_table_says(world, name, looking, doing):
    looking, doing, fields = *with_others(name, looking, doing), FIELDS.get(name, {})
    looked, done, wrote = {}, {}, {}
    for role in EVERYBODY:
        path = path_to(world, name, role)
        with only_tried(), written() as tables:
            client = world.client(role)
            tables.clear()
            looked[role] = answer(client.get(path))
            if role in HEADS:
                client.head(path)
            wrote[role] = (
                set() if name in SAMPLES else set(tables) - WRITES.get(name, set()) - WRITES_ANYWHERE
            )
        with only_tried(), written() as tables:
            client = world.client(role)
            tables.clear()
            done[role] = answer(client.post(path, {"csrfmiddlewaretoken": "", **fields}))
            writes = set() if name in SAMPLES else set(tables) - WRITES.get(name, set()) - WRITES_ANYWHERE
            if doing[role] is None and not writes and done[role] in ("405", looked[role]):
                done[role] = None

    assert looked == looking
    assert done == doing
    assert wrote == dict.fromkeys(EVERYBODY, set())


@pytest.mark.parametrize("reach", LADDER)
def test_every_field_of_the_ladder_is_read_by_those_whom_it_reaches(world, reach):
    told = {field: f"It is the {field}." for field in policies.LADDER}
    with only_tried():
        HelpRequest.objects.update(**told, area="It is the area.", reaches=dict.fromkeys(told, reach))
        read = {role: _read(world, role) for role in EVERYBODY}

    for field, words in {**told, "area": "It is the area."}.items():
        expected = AREA if field == "area" else LADDER[reach]
        assert {role for role in EVERYBODY if words in read[role]} == set(expected.split()), field


def _read(world, role):
    """What the pages of the request and of the promise say to somebody; a page that is not there says nothing."""
    pages = [world.client(role).get(path_to(world, name, role)) for name in ("request", "claim")]
    return "".join(page.text for page in pages if page.status_code == 200)


def test_the_name_of_who_asks_quietly_is_read_by_keepers_and_whoever_was_accepted(world):
    with only_tried():
        Person.objects.filter(pk=world.asker.pk).update(name="Quiet Quentin")
        HelpRequest.objects.filter(pk=world.company.pk).update(quietly=True)
        before = _who_reads("Quiet Quentin", world, world.company)
        Claim.objects.select_related("slot__help_request__circle").get(pk=world.offer.pk).accept(
            by=world.asker, at=cast.now()
        )
        after = _who_reads("Quiet Quentin", world, world.company)

    assert (before, after) == ({"asker", "keeper"}, {"asker", "keeper", "claimer"})


def _who_reads(words, world, help_request):
    path = path_to(world, "request", pk=str(help_request.pk))
    return {role for role in EVERYBODY if words in world.client(role).get(path).text}


def with_numbers():
    """The names of addresses with a number in them."""
    return [name for name, route in addresses().items() if re.search("<(number|int):", route)]


@pytest.mark.parametrize("name", with_numbers())
def test_a_number_that_nothing_has_is_not_found(world, name):
    numbers = re.findall(r"<(?:number|int):(\w+)>", addresses()[name])
    strange = [(number, value) for number in numbers for value in ("0", "9" * 20, "x", "-1", "٣")]
    paths = [path_to(world, name, **{number: value}) for number, value in strange]
    for role, expected in {"anonymous": {"in", "404", "405"}, "keeper": {"404", "405"}}.items():
        with only_tried():
            client = world.client(role)
            answers = {(path, answer(client.get(path))) for path in paths}
            answers |= {(path, answer(client.post(path, {"csrfmiddlewaretoken": ""}))) for path in paths}

        # Whoever would change a way in shows first who they are, before anything is looked up.
        asked_first = {"go"} if name.startswith("mfa_") else set()
        assert [(path, found) for path, found in answers if found not in expected | asked_first] == []


@pytest.mark.parametrize("model", ["circles/circle", "circles/membership", "requests/claim", "requests/slot"])
@pytest.mark.parametrize("number", ["0", "9" * 20, "x", "-1", "1/change/2"])
def test_the_panel_does_not_find_it_either(world, model, number):
    with only_tried():
        found = [
            answer(world.client("keeper").get(f"/organize/{model}/{number}/{page}/"))
            for page in ("change", "history", "do/remove")
        ]

    assert found == ["404"] * 3


@pytest.mark.parametrize("model", ["circles/circle", "circles/person", "notices/notice", "notices/heartbeat"])
@pytest.mark.parametrize("number", ["0", "9" * 20, "x", "-1"])
def test_the_staffs_pages_do_not_find_it_either(world, model, number):
    with only_tried():
        found = [
            answer(world.client("staff").get(f"/admin/{model}/{number}/{page}/"))
            for page in ("change", "history")
        ]

    assert found == ["404"] * 2


@pytest.mark.parametrize("name", [name for name in addresses() if not name.startswith("admin")])
def test_nobody_is_led_away_from_the_house(world, name):
    path, led_to = path_to(world, name), []
    evil = {"next": EVIL, "redirect": EVIL, "url": EVIL, "from": EVIL, **FIELDS.get(name, {})}
    for role in ("stranger", "member", "claimer", "asker", "keeper"):
        for method in ("get", "post"):
            with only_tried():
                response = getattr(world.client(role), method)(path, evil)
            led_to.append(response.headers.get("Location", "/"))

    assert [url for url in led_to if urlsplit(url).netloc or not url.startswith("/")] == []


def test_no_page_of_ours_asks_for_what_is_not_there(world, settings):
    first, *others = settings.TEMPLATES
    options = {**first["OPTIONS"], "string_if_invalid": "⁇%s⁇"}
    settings.TEMPLATES = [{**first, "OPTIONS": options}, *others]
    missing = set()
    for name in addresses():
        if not name.startswith(NOT_OURS):
            for role in ("anonymous", "waiting", "member", "claimer", "asker", "keeper"):
                with only_tried():
                    page = world.client(role).get(path_to(world, name))
                missing |= {(name, variable) for variable in re.findall("⁇(.*?)⁇", page.text)}

    assert {(name, variable) for name, variable in missing if variable not in OPTIONAL} == set()
