"""Putting a circle away, and taking it up again."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from .. import hooks
from .access import for_keepers, while_in_use


@for_keepers
@while_in_use
def circle_archive(request, circle):
    """Say what putting it away would do, then do it."""
    at = timezone.now()
    if request.method == "POST":
        circle.archive(by=request.user, at=at)
        messages.success(request, _("Put away. You can take it up again at any time."))
        return redirect(circle)
    return render(
        request, "circles/archive.html", {"circle": circle, "effect": _effect(request, circle, at=at)}
    )


def _effect(request, circle, *, at):
    """Sentences: what ends and who is told, so that nobody is surprised; what does not apply is left out."""
    waiting, invited = circle.memberships.waiting().count(), circle.invitations.open(at).count()
    others = circle.memberships.current().exclude(person=request.user).filter(person__email__isnull=False)
    others = others.count() if circle.is_agreed else 0
    lines = [
        (
            waiting,
            ngettext(
                "%(number)d person who waits to be let in is told kindly that it does not fit now.",
                "%(number)d people who wait to be let in are told kindly that it does not fit now.",
                waiting,
            ),
        ),
        (
            invited,
            ngettext(
                "%(number)d open invitation or link ends.",
                "%(number)d open invitations and links end.",
                invited,
            ),
        ),
        (
            others,
            ngettext(
                "%(number)d other member is told that the circle was put away.",
                "%(number)d other members are told that the circle was put away.",
                others,
            ),
        ),
    ]
    here = [words % {"number": number} for number, words in lines if number]
    return [*hooks.effect_of_putting_away(circle, at=at), *here]


@require_POST
@for_keepers
def circle_take_up(request, circle):
    """Use it again. What ended with it stays so."""
    circle.take_up_again(by=request.user, at=timezone.now())
    messages.success(request, _("The circle is in use again. Invitations that ended can be made anew."))
    return redirect(circle)
