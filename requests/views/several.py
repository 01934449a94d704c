"""Several times of a request at once."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from circles import moments
from circles.views.access import for_verified

from .. import policies
from ..forms import SeveralForm
from ..models import Claim, Clash
from .access import only_if, seen_request
from .slots import why_not


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@for_verified
def request_claims(request, pk):
    """Choose times, see what is to be brought and what clashes; only the last press promises."""
    at = timezone.now()
    help_request = seen_request(request, pk, at=at)
    only_if(policies.may_claim(request.user, help_request))
    offered = _offered(request.user, help_request, at=at)
    chosen = _chosen(request, help_request)
    if chosen and "sure" in request.POST:
        form = _form(request, chosen, request.POST)
        if form.is_valid():
            return _claim(request, help_request, form, at=at)
    elif chosen:
        form = _form(request, [slot for slot in chosen if slot in offered] or offered)
        _say_what_is_gone(request, set(chosen) - set(offered))
    else:
        form = _form(request, offered, request.POST if request.method == "POST" else None)
    is_choosing = not chosen and "sure" not in request.POST
    return _page(request, help_request, form, is_choosing=is_choosing, at=at)


def _offered(person, help_request, *, at):
    """The times in which the reader could take a place and has not."""
    if not policies.may_take_places(person, help_request):
        return []
    mine = Claim.objects.live().filter(person=person)
    return list(help_request.slots.open(at=at).exclude(pk__in=mine.values("slot")).in_order())


def _chosen(request, help_request):
    """Those that were ticked. Whatever else was sent is nothing of this request's, and left out."""
    ticked = set(request.POST.getlist("slots") or request.GET.getlist("slots"))
    if not ticked:
        return []
    slots = help_request.slots.filter(cancelled_at__isnull=True).in_order()
    return [slot for slot in slots if str(slot.pk) in ticked]


def _form(request, slots, data=None):
    ticked = [slot.pk for slot in slots] if request.method == "POST" or request.GET.getlist("slots") else []
    return SeveralForm(data, slots=slots, clashes=_clashes(request.user, slots), initial={"slots": ticked})


def _clashes(person, slots):
    """{slot's id: what `person` promised for the same time, and which of the others are at that time}."""
    dated = [slot for slot in slots if slot.starts_at]
    if not dated:
        return {}
    mine = Claim.objects.live().filter(
        person=person,
        slot__cancelled_at__isnull=True,
        slot__starts_at__lt=max(slot.ends_at for slot in dated),
        slot__ends_at__gt=min(slot.starts_at for slot in dated),
    )
    others = [(claim.slot, claim) for claim in mine.select_related("slot__help_request")]
    others += [(slot, None) for slot in dated]
    found = {slot.pk: [(at, claim) for at, claim in others if _overlap(slot, at)] for slot in dated}
    return {pk: clashes for pk, clashes in found.items() if clashes}


def _overlap(slot, other):
    """Back to back is no clash."""
    return slot != other and slot.starts_at < other.ends_at and other.starts_at < slot.ends_at


def _say_what_is_gone(request, gone):
    if gone:
        messages.info(request, _("Some of these are taken or over by now. Thank you all the same."))


def _page(request, help_request, form, *, is_choosing, at):
    page = {"help_request": help_request, "form": form, "is_choosing": is_choosing, "at": at}
    return render(request, "requests/several.html", page, status=422 if form.errors else 200)


def _claim(request, help_request, form, *, at):
    claims, refused = help_request.claim_several(
        form.cleaned_data["slots"], by=request.user, at=at, **form.said()
    )
    for slot, why in refused:
        when = capfirst(moments.when(slot.starts_at, slot.ends_at, zone=request.user.zone, at=at))
        messages.info(request, _("%(time)s: %(why)s") % {"time": when, "why": _why(why)})
    if claims:
        messages.success(request, _promised(help_request, len(claims)))
    return redirect(help_request)


def _why(why):
    if isinstance(why, Clash):
        return _("You promised something else for that time.")
    return why_not(why)


def _promised(help_request, number):
    if help_request.needs_yes:
        return ngettext("Your offer is on its way.", "Your %(number)d offers are on their way.", number) % {
            "number": number
        }
    return ngettext("It is yours. Thank you.", "%(number)d times are yours. Thank you.", number) % {
        "number": number
    }
