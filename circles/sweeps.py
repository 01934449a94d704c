"""Work of this room that is due by the clock."""

import datetime as dt

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef

from supportnet.notices.models import Notice
from supportnet.notices.sweeps import sweep

from .models import AddressChange, Membership, Person, SentForm, SignInCode
from .models.address_change import TAKE_BACK_WITHIN

# Whoever typed an address and has not shown that it is theirs is forgotten after so long.
WAITS = dt.timedelta(days=1)
# At one go: the next run finds the rest, in a minute for checks and in an hour for addresses.
AT_MOST = 500
COMES_WITH_THE_ADDRESS = {EmailAddress, Notice, UserSession}


@sweep
def forget_unproven_addresses(at):
    """Delete, once an hour, people whose address was put down a day ago and never proven.

    Whoever is named anywhere (a membership, a request, the journal) stays.
    """
    if at.minute == 0:
        unproven = _unproven(before=at - WAITS).values_list("pk", flat=True)[:AT_MOST]
        Person.objects.filter(pk__in=list(unproven)).delete()


@sweep
def forget_who_only_knocked(at):
    """Delete, once an hour, what the door counted a day ago, sessions that are over, old changes of address, and what
    forms said a week ago."""
    if at.minute == 0:
        SignInCode.objects.stale(at).delete()
        Session.objects.filter(expire_date__lt=at).delete()
        over = ~Exists(Session.objects.filter(pk=OuterRef("session_key")))
        UserSession.objects.filter(over).delete()
        AddressChange.objects.filter(changed_at__lt=at - TAKE_BACK_WITHIN).delete()
        SentForm.objects.stale(at).delete()


@sweep
def tell_that_checks_ran_out(at):
    """Where the last day of a keeper's check is over, by the clock of its circle, whom it concerns hears of it once."""
    over = Membership.objects.ran_out(at=at).filter(circle__archived_at__isnull=True)
    for membership in over.select_related("circle", "person").order_by("check_ends_at", "pk")[:AT_MOST]:
        membership.let_check_run_out(at=at)


def _unproven(*, before):
    typed = Person.objects.filter(verified_at__isnull=True, email__isnull=False)
    people = typed.filter(joined_at__lt=before, is_staff=False)
    for model, field in _where_people_are_named():
        people = people.exclude(Exists(model._default_manager.filter(**{field: OuterRef("pk")})))
    return people


def _where_people_are_named():
    """(model, field) of everything that points to a person, whichever room it stands in."""
    for relation in Person._meta.get_fields(include_hidden=True):
        if (
            relation.auto_created
            and not relation.concrete
            and relation.related_model not in COMES_WITH_THE_ADDRESS
        ):
            yield relation.related_model, relation.field.name
