"""A person's notices, and the way out of mails they don't want."""

from django.urls import path

from supportnet.notices import views

urlpatterns = [
    path("me/notices/", views.notices, name="notices"),
    path("me/unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
]
