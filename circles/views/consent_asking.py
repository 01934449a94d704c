"""The page of whoever asks for somebody's yes."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from supportnet.notices import kinds, rendering
from supportnet.notices.models import Notice
from supportnet.notices.text_direction import typed

from ..forms import RecordForm
from ..models import AskedLately, LeftInPeace
from .access import even_when_taken_back, for_keepers
from .consent import NOT_BY_MAIL_NOW, NOT_WRITTEN_DOWN_NOW


@for_keepers
@even_when_taken_back
def circle_consent(request, circle):
    """For the keepers: where the yes of whom the circle is around stands, and what they can do about it."""
    if circle.consent is None:
        return redirect(circle)
    return asking_page(request, circle.consent, back=circle, template="circles/consent_of_circle.html")


def asking_page(request, consent, *, back, template, may_record=True, **more):
    """Look at the mail and send it, remind, write down a yes, take one back that was written down.

    `may_record`: whether they keep the circle. A yes is written down by a keeper, and by nobody who was one once.
    """
    at = timezone.now()
    form = RecordForm(request.POST if may_record and request.POST.get("do") == "record" else None)
    trouble = ""
    if request.method == "POST":
        done, trouble = _do(request, consent, form, at=at)
        if done:
            return redirect(request.path)
    page = {
        "consent": consent,
        "back": back,
        "letter": _letter(consent, at=at) if consent.state == "draft" else None,
        "again_at": consent.may_ask_again_at(),
        "form": form,
        "may_record": may_record,
        "trouble": trouble,
        "at": at,
        **more,
    }
    return render(request, template, page, status=422 if request.method == "POST" else 200)


def _do(request, consent, form, *, at):
    """(whether something was done, what stood in the way)."""
    what, by = request.POST.get("do"), request.user
    try:
        return _done(request, consent, form, what, by=by, at=at)
    except AskedLately:
        return False, _("They were asked not long ago. Give them some time.")
    except LeftInPeace:
        return False, NOT_BY_MAIL_NOW % typed(name=consent) if consent.email else str(NOT_WRITTEN_DOWN_NOW)


def _done(request, consent, form, what, *, by, at):
    if what == "send":
        consent.send(by=by, at=at)
        messages.success(
            request, _("%(name)s gets a mail. You hear as soon as there is an answer.") % typed(name=consent)
        )
    elif what == "again":
        consent.ask_again(by=by, at=at)
        messages.success(request, _("Asked once more, by mail."))
    elif what == "record" and form.is_valid():
        consent.record_again(by=by, at=at, **form.cleaned_data)
        messages.success(request, _("Written down. It is seen again from now on."))
    elif what == "withdraw" and not consent.email:
        consent.withdraw(by=by, at=at)
        messages.success(request, _("Taken back. Everything is hidden from now on."))
    else:
        return False, ""
    return True, ""


def _letter(consent, *, at):
    """The mail as somebody gets it who has no account: whether they have one is not the asker's to know."""
    notice = Notice(kind="consent_asked", address=consent.email, cause_id=0, key="preview")
    letter = rendering.compose(kinds.find("consent_asked"), [notice], [consent], at=at)
    letter.body = letter.body.replace(consent.token, "…")
    return letter
