"""A person's notices, and the way out of mails they don't want."""

from django.urls import path

from supportnet.notices import previews, views

urlpatterns = [
    path("me/notices/", views.notices, name="notices"),
    path("me/unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("admin/mails/", previews.mails, name="mails"),
    path("admin/mails/<str:kind>/<str:language>/", previews.mail, name="mail"),
    path("admin/mails/<str:kind>/<str:language>/<str:number>/", previews.html, name="mail_html"),
]
