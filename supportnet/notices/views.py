from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from supportnet.notices import personal_links, unsubscribe_links
from supportnet.notices.kinds import kind_named
from supportnet.notices.models import Notice, TurnedDown
from supportnet.notices.page import Page
from supportnet.notices.typed_ids import typed_id


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def notices(request):
    """What this person was told, newest first; POST marks what they have seen."""
    at = timezone.now()
    told = Notice.objects.on_the_page_of(request.user, at)
    if request.method == "POST":
        told.filter(pk__lte=typed_id(request.POST.get("up_to")) or 0, seen_at=None).order_by().update(
            seen_at=at
        )
        return redirect("notices")
    page = Page(told, before=typed_id(request.GET.get("before")), at=at)
    return render(request, "notices/notices.html", {"page": page})


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request, token):
    """Turn down a kind of mail from the link under it: GET asks, POST does or undoes.

    Mail programs post here without cookies (RFC 8058); the signed token says who it is.
    """
    try:
        reader, kind, cause = _turned_down(token)
    except unsubscribe_links.BrokenToken:
        return render(request, "notices/broken_link.html", status=404)
    with translation.override(reader.language):
        what = kind.turned_down_text(cause, reader)
        if request.method == "GET" or request.method == "HEAD":
            return render(request, "notices/unsubscribe.html", {"what": what})
        return (_undo if "undo" in request.POST else _turn_down)(request, reader, kind, cause, what=what)


def _turn_down(request, reader, kind, cause, *, what):
    found = kind.turn_down(reader, cause)
    was = TurnedDown.objects.before(reader, kind.turned_down_key(cause), was=found)
    return render(request, "notices/unsubscribed.html", {"what": what, "was": was})


def _undo(request, reader, kind, cause, *, what):
    """Back to what it was before the first press; what was off even then stays off."""
    was = request.POST["undo"]
    if was:
        kind.turn_up(reader, cause, was)
    return render(
        request,
        "notices/resubscribed.html" if was else "notices/unsubscribed.html",
        {"what": what, "was": was},
    )


def _turned_down(token):
    """(reader, kind, cause) of a token; raises BrokenToken also when one of them is gone, or the address."""
    reader_id, kind_name, cause_id, stamp = unsubscribe_links.read(token)
    reader = get_user_model().objects.filter(pk=reader_id).first()
    kind = kind_named(kind_name)
    cause = kind.causes([cause_id]).get(cause_id) if kind and kind.topic else None
    if reader is None or cause is None or stamp != personal_links.stamp(reader):
        raise unsubscribe_links.BrokenToken
    return reader, kind, cause
