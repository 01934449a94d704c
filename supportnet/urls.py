"""Every address of SupportNet."""

from allauth.account.decorators import secure_admin_login
from allauth.account.urls import urlpatterns as account_urls
from django.contrib import admin
from django.urls import include, path, reverse_lazy
from django.views.generic import RedirectView

from supportnet.panel.admin import organizers

from . import health, mailbox, unsent

# Ends of names: the library puts "account_change", "account_set" and "account_reset" before them.
PASSWORDS = ("_password", "_password_done", "_password_from_key", "_password_from_key_done")

# One door: whoever comes gets a code by mail, whether we know them or not.
to_the_door = RedirectView.as_view(url=reverse_lazy("account_request_login_code"), query_string=True)
# The sign-in library's own, without those about passwords: none opens anything here.
ways_in = [one for one in account_urls if not (one.name or "").endswith(PASSWORDS)]
admin.site.login = secure_admin_login(admin.site.login)

handler400 = "supportnet.errors.bad_request"
handler404 = "supportnet.errors.not_found"
handler500 = "supportnet.errors.server_error"

urlpatterns = [
    # The rooms first: they have pages of their own in place of some of allauth's.
    path("", include("requests.urls")),
    path("", include("circles.urls")),
    path("", include("supportnet.notices.urls")),
    path("accounts/login/", to_the_door),
    path("accounts/signup/", to_the_door),
    path("accounts/", include(ways_in)),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
    path("admin/", admin.site.urls),
    path("organize/", organizers.urls),
    path("me/unsent/", unsent.unsent, name="unsent"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("mailbox/<name>/", mailbox.message, name="mailbox_message"),
    path("mailbox/<name>/html/", mailbox.html, name="mailbox_html"),
    path("mailbox/<name>/<int:number>/", mailbox.attachment, name="mailbox_attachment"),
]
