"""Blocking somebody, and telling the keepers that something is not right."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from supportnet.notices.text_direction import typed

from ..forms.report import ReportForm
from ..models import Block, BlockedOften, Membership, Report, Role
from .access import for_members


@login_required
def blocks(request):
    """Whom I blocked. Who blocked me is nobody's to know."""
    mine = Block.objects.of(request.user).select_related("whom").order_by("whom__name", "pk")
    return render(request, "circles/blocks.html", {"blocks": mine})


@require_POST
@login_required
def block_lift(request, pk):
    """See each other again."""
    block = get_object_or_404(Block.objects.of(request.user).select_related("by", "whom"), pk=pk)
    block.lift(at=timezone.now())
    messages.success(request, _("%(name)s is not blocked any more.") % typed(name=block.whom))
    return redirect("blocks")


@for_members
def member_block(request, membership, membership_pk):
    """Say what a block does, then do it."""
    other = _somebody_else(membership, membership_pk)
    report = reverse("member_report", args=[membership.circle_id, membership_pk])
    return block_page(request, other.person, back=_members_page(membership), report=report)


def block_page(request, person, *, back, report):
    """Block `person`, on a press; `back` is where one came from, `report` where the keepers are told."""
    if request.method == "POST":
        if _block(request, person):
            messages.success(
                request, _("You and %(name)s do not see each other any more.") % typed(name=person)
            )
        return redirect("blocks")
    return render(request, "circles/block.html", {"person": person, "back": back, "report": report})


def _block(request, person):
    """Whether the two are parted now; else it is said that this has to wait."""
    try:
        return Block.objects.make(by=request.user, whom=person, at=timezone.now())
    except BlockedOften:
        words = _(
            "At most 5 people can be blocked in an hour, and 20 in a day. Please go on later. "
            "If somebody worries you now, tell the keepers."
        )
        messages.error(request, words)


@for_members
def member_report(request, membership, membership_pk):
    """Report somebody in the circle, also one who left or blocked the reader: the page is the same."""
    met = Membership.objects.met_by(request.user, circle=membership.circle_id).select_related("person")
    other = get_object_or_404(met, pk=membership_pk)
    what = _("Report %(name)s") % typed(name=other.person)
    return report_page(
        request,
        circle=membership.circle,
        subject=other,
        about=other.person,
        what=what,
        back=_members_page(membership),
    )


def report_page(request, *, circle, subject, about, what, back, may_block=True):
    """Report `subject`, a deed of `about`, to the keepers of `circle`. `what` is the page's heading.

    Without `may_block` nothing on the page or after it tells who `about` is.
    """
    form = ReportForm(request.POST if request.method == "POST" else None, may_block=may_block)
    if form.is_valid():
        return _report(request, form, circle=circle, subject=subject, about=about, back=back)
    page = {"form": form, "circle": circle, "what": what, "back": back}
    page["is_inside"] = circle.memberships.current().filter(person=request.user).exists()
    page["earlier"] = Report.objects.open_of(request.user, subject, circle=circle).first()
    return render(request, "circles/report.html", page, status=422 if form.errors else 200)


def _report(request, form, *, circle, subject, about, back):
    at, me = timezone.now(), request.user
    said = {"reason": form.cleaned_data["reason"], "at": at}
    Report.objects.make(circle=circle, reporter=me, subject=subject, about=about, **said)
    messages.success(request, _("Thank you for telling. Those who can do something about it know now."))
    if form.cleaned_data.get("block"):
        _block(request, about)
        return redirect("blocks")
    return redirect(back)


def _somebody_else(membership, pk):
    """Another member whom the reader sees, with their person; else 404.

    Who blocked me is not there, as if they had left, unless they keep the circle:
    everybody knows its keepers. Keepers see everybody.
    """
    me = membership.person_id
    others = membership.circle.memberships.current().exclude(person=me).select_related("person")
    if not membership.is_keeper:
        mine = Q(person__in=Block.objects.filter(by=me).values("whom"))
        others = others.filter(
            mine | Q(role=Role.KEEPER) | ~Q(person__in=Block.objects.filter(whom=me).values("by"))
        )
    return get_object_or_404(others, pk=pk)


def _members_page(membership):
    return f"{membership.circle.get_absolute_url()}members/"
