"""Addresses of people and circles."""

from django.urls import include, path

from . import numbers  # noqa: F401  (makes <number:…> known)
from .views import (
    address,
    archive,
    by_phone,
    circle,
    circles,
    consent,
    directory,
    door,
    invitations,
    joining,
    me,
    members,
    personal,
    safety,
    sessions,
)

one_circle = [
    path("", circle.circle, name="circle"),
    path("edit/", circle.circle_edit, name="circle_edit"),
    path("hears/", circle.circle_hears, name="circle_hears"),
    path("put-away/", archive.circle_archive, name="circle_archive"),
    path("take-up/", archive.circle_take_up, name="circle_take_up"),
    path("leave/", circle.circle_leave, name="circle_leave"),
    path("consent/", consent.circle_consent, name="circle_consent"),
    path("join/", directory.circle_join, name="circle_join"),
    path("join/take-back/", directory.circle_take_back, name="circle_take_back"),
    path("members/", members.circle_members, name="circle_members"),
    path("members/add/", by_phone.circle_add, name="circle_add"),
    path("members/place/", members.circle_place, name="circle_place"),
    path("members/<number:membership_pk>/edit/", by_phone.member_edit, name="member_edit"),
    path("members/<number:membership_pk>/admit/", members.admit, name="member_admit"),
    path("members/<number:membership_pk>/decline/", members.decline, name="member_decline"),
    path("members/<number:membership_pk>/remove/", members.remove, name="member_remove"),
    path("members/<number:membership_pk>/place/", members.place, name="member_place"),
    path("members/<number:membership_pk>/contact/", members.contact, name="member_contact"),
    path("members/<number:membership_pk>/check/", members.check, name="member_check"),
    path("members/<number:membership_pk>/exclude/", members.exclude, name="member_exclude"),
    path("members/<number:membership_pk>/keeper/", members.keeper, name="member_keeper"),
    path("members/<number:membership_pk>/member/", members.member, name="member_member"),
    path("members/<number:membership_pk>/block/", safety.member_block, name="member_block"),
    path("members/<number:membership_pk>/report/", safety.member_report, name="member_report"),
    path("invite/", invitations.circle_invite, name="circle_invite"),
    path("link/", invitations.circle_link, name="circle_link"),
    path("invitations/", invitations.circle_invitations, name="circle_invitations"),
    path(
        "invitations/<number:invitation_pk>/revoke/", invitations.invitation_revoke, name="invitation_revoke"
    ),
    path("invitations/<number:invitation_pk>/again/", invitations.invitation_renew, name="invitation_renew"),
]

urlpatterns = [
    # Before allauth's own pages of the same addresses.
    path("accounts/login/code/", door.door, name="account_request_login_code"),
    path("accounts/login/code/confirm/", door.code, name="account_confirm_login_code"),
    path("accounts/sessions/", sessions.sessions, name="usersessions_list"),
    path("accounts/sessions/<number:pk>/end/", sessions.session_end, name="session_end"),
    path("me/", me.me, name="me"),
    path("me/welcome/", me.welcome, name="welcome"),
    path("me/address/<str:token>/", address.address_back, name="address_back"),
    path("me/blocks/", safety.blocks, name="blocks"),
    path("me/blocks/<number:pk>/lift/", safety.block_lift, name="block_lift"),
    path("circles/", circles.circles, name="circles"),
    path("circles/directory/", directory.directory, name="directory"),
    path("circles/new/", circles.circle_new, name="circle_new"),
    path("circles/join/<str:token>/", joining.join, name="join"),
    path("circles/consent/<str:token>/", consent.consent, name="consent"),
    path("circles/<number:pk>/", include(one_circle)),
    path("go/<str:token>/", personal.personal_link, name="personal_link"),
]
