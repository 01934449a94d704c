"""A person's notices, and the way out of mails they don't want."""

from django.urls import path

from supportnet.notices import preview_pages, views

urlpatterns = [
    path("me/notices/", views.notices, name="notices"),
    path("me/unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("admin/mails/", preview_pages.mails, name="mails"),
    path("admin/mails/<str:kind>/<str:language>/", preview_pages.mail, name="mail"),
    path("admin/mails/<str:kind>/<str:language>/<str:number>/", preview_pages.html, name="mail_html"),
]
