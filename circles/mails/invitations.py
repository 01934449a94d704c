"""Invitations, and what became of them."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from supportnet.notices.kinds import Kind, register

from ..models import Circle, Invitation, Membership
from .guard_blocks import Unseen, readers_of
from .guard_consent import OnlyAgreed


@register
class Invited(Unseen, Kind):
    """Somebody invites a person into a circle; also to addresses without an account."""

    name = "invitation"
    model = Invitation
    related = ("circle__consent", "invited_by")
    label = _("Invitations")
    needs_verified = False
    has_own_link = from_strangers = True

    def reasons_against(self, pairs, at):
        """While the invitation opens its circle, for one who is not in it yet."""
        told = {cause.pk for _, cause in pairs if cause.circle.is_agreed}
        opens = set(Invitation.objects.usable(at).filter(pk__in=told).values_list("pk", flat=True))
        shut = {n.pk: "The invitation opens nothing any more." for n, cause in pairs if cause.pk not in opens}
        return super().reasons_against(pairs, at) | self._inside_already(pairs) | shut

    def _inside_already(self, pairs):
        readers = readers_of(notice for notice, _ in pairs)
        inside = Membership.objects.current().filter(
            circle__in={cause.circle_id for _, cause in pairs}, person__in=set(filter(None, readers.values()))
        )
        inside = set(inside.values_list("circle", "person"))
        return {
            notice.pk: "The reader is a member already."
            for notice, cause in pairs
            if (cause.circle_id, readers[notice]) in inside
        }

    def people(self, cause, reader_id):
        """Who invites."""
        return {cause.invited_by_id}

    def context(self, causes, notices, reader, at):
        """Who invites, and where to."""
        invitation = causes[0]
        return {"invitation": invitation, "circle": invitation.circle, "inviter": invitation.invited_by}

    def url(self, cause):
        """The page that asks "Continue?"."""
        return cause.get_absolute_url()


@register
class InvitationsEnded(OnlyAgreed, Kind):
    """To the remaining keepers: these ended with the keeping of whoever made them, or with the circle."""

    name = "invitations_ended"
    model = Circle
    related = ("consent",)
    label = _("Invitations that ended")

    def circle_id(self, cause):
        """The circle itself."""
        return cause.pk

    def agreed_about(self, cause):
        """The circle itself."""
        return cause

    def reasons_against(self, pairs, at):
        """To keepers alone, as long as one of the invitations was not made anew."""
        circles, readers = {cause.pk for _, cause in pairs}, {notice.reader_id for notice, _ in pairs}
        keepers = Membership.objects.keepers().filter(circle__in=circles, person__in=readers)
        keep = set(keepers.values_list("circle", "person"))
        lapsed = set(Invitation.objects.lapsed().filter(circle__in=circles).values_list("pk", flat=True))
        waits = set(Membership.objects.waiting().filter(circle__in=circles).values_list("pk", flat=True))
        reasons = {}
        for notice, cause in pairs:
            if (cause.pk, notice.reader_id) not in keep:
                reasons[notice.pk] = "The reader does not keep this circle any more."
            elif not lapsed & set(notice.facts["invitations"]) and not waits & _waiting(notice):
                reasons[notice.pk] = "They were made anew or taken back."
        return super().reasons_against(pairs, at) | reasons

    def context(self, causes, notices, reader, at):
        """The invitations that nobody made anew yet, and who waits by one of that inviter's without an answer."""
        numbers = [number for notice in notices for number in notice.facts["invitations"]]
        ended = Invitation.objects.lapsed().filter(pk__in=numbers).select_related("circle")
        waiting = Membership.objects.waiting().filter(pk__in=set().union(*map(_waiting, notices)))
        waiting = waiting.select_related("person").order_by("asked_at", "pk")
        return {"circle": causes[0], "invitations": list(ended), "waiting": list(waiting)}

    def url(self, cause):
        """Where they are made anew."""
        return reverse("circle_invitations", args=[cause.pk])


def _waiting(notice):
    """The numbers of those who waited by an invitation that ended; older notices name none."""
    return set(notice.facts.get("waiting", ()))
