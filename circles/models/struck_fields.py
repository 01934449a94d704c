"""What somebody around whom a circle gathers struck out, before their yes: it comes back by their own hand alone."""

from django.db.models import Q

from .mailed_link import proven


class StruckOut(Exception):
    """Whom the `circle` is around does not want this person in it."""

    def __init__(self, circle):
        super().__init__(circle)
        self.circle = circle


class KeepsToTheYes:
    """The part of `Circle` that holds its keepers to what was agreed to."""

    def without_struck_fields(self, changes, *, by):
        """Of `changes` to its words what `by` may say: what was struck out stays empty."""
        if self._decides(by):
            return changes
        return {field: "" if field in self.consent.struck else value for field, value in changes.items()}

    def require_not_struck(self, *, by, person=None, email=""):
        """Raise `StruckOut` where `by` would let in `person`, or the one behind `email`, whom they struck out."""
        if self._decides(by):
            return
        struck, person = self.consent.struck, person or proven(email)
        known = [person] if person else []
        is_member = self.memberships.named_in_any(struck).filter(person__in=known).exists()
        theirs = Q(owner__in=known) | Q(email=email or person.email)
        if is_member or self.invitations.named_in(struck).filter(theirs).exists():
            raise StruckOut(self)

    def _decides(self, by):
        return self.consent_id is None or self.consent.may_decide(by)
