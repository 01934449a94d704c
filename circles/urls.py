"""Addresses of people and circles."""

from django.urls import include, path

from . import converters  # noqa: F401  (makes <number:…> known)
from .views import (
    address,
    archive,
    blocks_and_reports,
    circle,
    circles,
    consent,
    consent_asking,
    directory,
    invitations,
    joining,
    member_verbs,
    members,
    personal_link,
    phone_member,
    profile,
    sessions,
    sign_in,
)

one_circle = [
    path("", circle.circle, name="circle"),
    path("edit/", circle.circle_edit, name="circle_edit"),
    path("hears/", circle.circle_hears, name="circle_hears"),
    path("put-away/", archive.circle_archive, name="circle_archive"),
    path("take-up/", archive.circle_take_up, name="circle_take_up"),
    path("leave/", circle.circle_leave, name="circle_leave"),
    path("consent/", consent_asking.circle_consent, name="circle_consent"),
    path("join/", directory.circle_join, name="circle_join"),
    path("join/take-back/", directory.circle_take_back, name="circle_take_back"),
    path("members/", members.circle_members, name="circle_members"),
    path("members/add/", phone_member.circle_add, name="circle_add"),
    path("members/place/", members.circle_place, name="circle_place"),
    path("members/<number:membership_pk>/edit/", phone_member.member_edit, name="member_edit"),
    path("members/<number:membership_pk>/admit/", member_verbs.admit, name="member_admit"),
    path("members/<number:membership_pk>/decline/", member_verbs.decline, name="member_decline"),
    path("members/<number:membership_pk>/remove/", member_verbs.remove, name="member_remove"),
    path("members/<number:membership_pk>/place/", member_verbs.place, name="member_place"),
    path("members/<number:membership_pk>/contact/", member_verbs.contact, name="member_contact"),
    path("members/<number:membership_pk>/check/", member_verbs.check, name="member_check"),
    path("members/<number:membership_pk>/exclude/", member_verbs.exclude, name="member_exclude"),
    path("members/<number:membership_pk>/keeper/", member_verbs.keeper, name="member_keeper"),
    path("members/<number:membership_pk>/member/", member_verbs.member, name="member_member"),
    path("members/<number:membership_pk>/block/", blocks_and_reports.member_block, name="member_block"),
    path("members/<number:membership_pk>/report/", blocks_and_reports.member_report, name="member_report"),
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
    path("accounts/login/code/", sign_in.door, name="account_request_login_code"),
    path("accounts/login/code/confirm/", sign_in.code, name="account_confirm_login_code"),
    path("accounts/sessions/", sessions.sessions, name="usersessions_list"),
    path("accounts/sessions/<number:pk>/end/", sessions.session_end, name="session_end"),
    path("me/", profile.me, name="me"),
    path("me/welcome/", profile.welcome, name="welcome"),
    path("me/address/<str:token>/", address.address_back, name="address_back"),
    path("me/blocks/", blocks_and_reports.blocks, name="blocks"),
    path("me/blocks/<number:pk>/lift/", blocks_and_reports.block_lift, name="block_lift"),
    path("circles/", circles.circles, name="circles"),
    path("circles/directory/", directory.directory, name="directory"),
    path("circles/new/", circles.circle_new, name="circle_new"),
    path("circles/join/<str:token>/", joining.join, name="join"),
    path("circles/consent/<str:token>/", consent.consent, name="consent"),
    path("circles/<number:pk>/", include(one_circle)),
    path("go/<str:token>/", personal_link.personal_link, name="personal_link"),
]
