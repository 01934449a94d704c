"""Helpers without e-mail: a keeper adds them by name and phone, vouches for them, and promises for them."""

from django.db import transaction

from .. import names
from ..phones import same_number
from .choices import Hears
from .journal import JournalEntry
from .person import Person

# How they came, as the journal keeps it.
RULE = "added by name and phone"


class HasAnAccount(Exception):
    """Whoever has an account says themselves what they are called and how they are reached."""


class TakesInByPhone:
    """The part of `Circle` that takes in helpers who read no e-mail."""

    def add_without_email(self, *, name, phone, by, at, form_key=None, somebody_else=False):
        """Take in a helper who has no e-mail address, in the ring of everyone; returns the membership.

        They never sign in and get no mail. Whoever is here by that number stays one, unless it is `somebody_else`
        by another name in the same home; whoever was here by name and number before is taken back. The same
        `form_key` gives the same helper again: a double click makes one. Raises `StruckOut`, `PutAway`.
        """
        with transaction.atomic():
            self.lock()
            self.require_in_use()
            found = self._made_with(form_key, by=by) or self._known(name, phone, somebody_else=somebody_else)
            if found is None:
                person = Person.objects.add_by_phone(
                    name=name, phone=phone, time_zone=self.time_zone, language=by.language, joined_at=at
                )
                found = self.memberships.lock_membership(circle=self, person=person)
                found.hear(hears=Hears.NEVER)
            self.require_not_struck(by=by, person=found.person)
            found.join(at=at, by=by, rule=RULE, form_key=form_key and str(form_key))
        return found

    def with_number(self, phone):
        """Current members with that number, and whoever was once here without an address."""
        reached = self.memberships.exclude(person__phone="").filter(person__is_active=True)
        reached = reached.select_related("person", "circle").order_by("pk")
        found = [one for one in reached.iterator() if same_number(one.person.phone, phone)]
        return [one for one in found if one.is_current or one.person.is_by_phone]

    def _made_with(self, form_key, *, by):
        written = JournalEntry.objects.filter(circle=self, actor=by, verb="joined")
        made = written.filter(details__form_key=str(form_key)).first()
        return made and self.memberships.select_related("person", "circle").get(
            pk=made.subject.partition(":")[2]
        )

    def _known(self, name, phone, *, somebody_else):
        there = self.with_number(phone)
        namesakes = [one for one in there if one.person.name.casefold() == name.casefold()]
        others = [] if somebody_else else [one for one in there if one.is_current]
        return next(iter(namesakes + others), None)


class Vouched:
    """The part of a membership that a keeper writes for a helper who has no account."""

    def correct(self, *, name, phone, by, at):
        """Change what a helper without an address is called, and their number. Raises `HasAnAccount`."""
        if not self.person.is_by_phone:
            raise HasAnAccount
        with transaction.atomic():
            self.person.lock()
            name = names.fit(name, stored=self.person.name)
            if (name, phone) == (self.person.name, self.person.phone):
                return
            self.person.name, self.person.phone = name, phone
            self.person.save(update_fields=["name", "phone"])
            JournalEntry.objects.write("corrected", self, by=by, at=at, circle=self.circle)
