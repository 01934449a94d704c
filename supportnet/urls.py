"""Every address of SupportNet."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from . import health, mailbox

# One door: whoever comes gets a code by mail, whether we know them or not.
to_the_door = RedirectView.as_view(pattern_name="account_request_login_code", query_string=True)

urlpatterns = [
    *(
        path("", include(room))
        for room in ("circles.urls", "requests.urls", "supportnet.notices.urls")
        if find_spec(room)
    ),
    path("accounts/login/", to_the_door),
    path("accounts/signup/", to_the_door),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("mailbox/<name>/", mailbox.message, name="mailbox_message"),
    path("mailbox/<name>/html/", mailbox.html, name="mailbox_html"),
    path("mailbox/<name>/<int:number>/", mailbox.attachment, name="mailbox_attachment"),
]
