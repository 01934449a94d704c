"""Who comes to which page of a circle: members, keepers, people who wait, and nobody else."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _

from supportnet.notices.local_paths import is_ours

from ..models import Membership, NotVerified, PutAway

PUT_AWAY = _("This circle was put away. A keeper can take it up again.")


def for_members(view):
    """`view(request, membership, …)` for current members, in one query.

    Who waits gets the waiting page; everybody else a 404. So does everybody but the keepers while the yes of
    whom the circle is around is missing; once it was taken back, keepers come to that page alone.
    """

    @wraps(view)
    @login_required
    def page(request, pk, **kwargs):
        membership = _membership(request, pk)
        if not membership.circle.is_agreed:
            if not membership.is_keeper:
                raise Http404
            if membership.circle.consent.is_taken_back and not getattr(view, "even_when_taken_back", False):
                return redirect("circle_consent", pk)
        if membership.is_current:
            return view(request, membership, **kwargs)
        if membership.state == "waiting":
            return waiting(request, membership)
        raise Http404

    return page


def for_keepers(view):
    """`view(request, circle, …)` for the circle's keepers; other members may not (403)."""

    @wraps(view)
    def page(request, membership, **kwargs):
        if not membership.is_keeper:
            raise PermissionDenied
        return view(request, membership.circle, **kwargs)

    return for_members(page)


def while_in_use(view):
    """`view(request, circle, …)` for a circle that is in use; of one that was put away its page says so."""

    @wraps(view)
    def page(request, circle, **kwargs):
        try:
            if not circle.archived_at:
                return view(request, circle, **kwargs)
        except PutAway:  # a moment ago, by another keeper
            pass
        messages.warning(request, PUT_AWAY)
        return redirect(circle)

    return page


def for_verified(view):
    """Whoever has not shown that the address is theirs is told how to, instead of an error."""

    @wraps(view)
    def page(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except NotVerified:
            return render(request, "me/verify_first.html", status=403)

    return page


def even_when_taken_back(view):
    """Keepers come to this page also once the yes of whom the circle is around was taken back."""
    view.even_when_taken_back = True
    return view


def _membership(request, pk):
    memberships = Membership.objects.select_related("circle__consent").filter(person=request.user)
    return get_object_or_404(memberships, circle=pk)


def waiting(request, membership):
    """The page of somebody who asked to join: the name they came for, and nothing else of the circle."""
    page = {"circle_name": membership.circle.name, "pk": membership.circle_id}
    return render(request, "circles/waiting.html", page)


def safe_next(request, *, otherwise):
    """Where the form or link says to go on, if that is a page of ours; else `otherwise`."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    return url if is_ours(url) else otherwise
