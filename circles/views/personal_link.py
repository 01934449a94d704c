"""Following a link from a mail: "Continue as NAME?", never straight in, because people pass mails on."""

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from supportnet.notices import personal_links

from ..addresses import masked
from ..models import Person
from .sign_in_codes import mail_code_unseen


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def personal_link(request, token):
    """On to the page for whom it was mailed to; everybody else is told, and asked who they are.

    Looking changes nothing; POST mails a code to the person's own address, which the page does not tell.
    """
    try:
        reader_id, path = personal_links.read(token)
    except personal_links.BrokenLink:
        return render(request, "circles/continue_broken.html", status=404)
    if request.user.is_authenticated:
        return _known(request, reader_id, path)
    reader = Person.objects.filter(pk=reader_id, is_active=True, email__isnull=False).first()
    if reader and not personal_links.is_theirs(token, reader):
        return render(request, "circles/continue_broken.html", status=404)
    return _unknown(request, reader, path)


def _known(request, reader_id, path):
    if request.user.pk == reader_id:
        return HttpResponseRedirect(path)
    return render(request, "circles/continue_other.html", {"path": path})


def _unknown(request, reader, path):
    if reader is None:
        return HttpResponseRedirect(_leading_to(path, "account_request_login_code"))
    if request.method != "POST":
        return _continue_page(request, reader, path)
    trouble = mail_code_unseen(request, reader.email)
    if trouble:
        return _continue_page(request, reader, path, trouble=trouble, status=422)
    return HttpResponseRedirect(_leading_to(path, "account_confirm_login_code"))


def _leading_to(path, name):
    return f"{reverse(name)}?{urlencode({'next': path})}"


def _continue_page(request, reader, path, *, trouble="", status=200):
    """In the language of the mail that led here."""
    page = {
        "reader": reader,
        "masked": masked(reader.email),
        "door_url": _leading_to(path, "account_request_login_code"),
        "trouble": trouble,
    }
    with translation.override(reader.language):
        return render(request, "circles/continue.html", page, status=status)
