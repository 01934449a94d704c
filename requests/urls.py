"""Addresses of this room."""

from django.urls import include, path

from circles import numbers  # noqa: F401  (makes <number:…> known)

from .views import (
    answers,
    ask,
    calendar,
    circle,
    claims,
    consent,
    cover,
    edit,
    help_requests,
    home,
    move,
    report,
    several,
    sheets,
    slots,
    times,
    wishes,
)

one_request = [
    path("", help_requests.help_request, name="request"),
    path("edit/", edit.request_edit, name="request_edit"),
    path("publish/", help_requests.request_publish, name="request_publish"),
    path("consent/", consent.request_consent, name="request_consent"),
    path("discard/", help_requests.request_discard, name="request_discard"),
    path("close/", help_requests.request_close, name="request_close"),
    path("reopen/", help_requests.request_reopen, name="request_reopen"),
    path("cancel/", help_requests.request_cancel, name="request_cancel"),
    path("times/", help_requests.request_times, name="request_times"),
    path("move/", move.request_move, name="request_move"),
    path("calendar/", calendar.request_calendar, name="request_calendar"),
    path("claims/", several.request_claims, name="request_claims"),
    path("sheet/", sheets.request_sheet, name="request_sheet"),
    path("standby/", cover.request_standby, name="request_standby"),
    path("wishes/", wishes.request_wishes, name="request_wishes"),
    path("answers/", answers.request_answers, name="request_answers"),
    path("block/", report.request_block, name="request_block"),
    path("report/", report.request_report, name="request_report"),
]
one_slot = [
    path("claim/", slots.slot_claim, name="slot_claim"),
    path("edit/", times.slot_edit, name="slot_edit"),
    path("cancel/", times.slot_cancel, name="slot_cancel"),
]
one_claim = [
    path("", claims.claim, name="claim"),
    path("accept/", claims.claim_accept, name="claim_accept"),
    path("decline/", claims.claim_decline, name="claim_decline"),
    path("confirm/", claims.claim_confirm, name="claim_confirm"),
    path("late/", claims.claim_late, name="claim_late"),
    path("release/", claims.claim_release, name="claim_release"),
    path("bring/", claims.claim_bring, name="claim_bring"),
    path("cancel/", claims.claim_cancel, name="claim_cancel"),
    path("cover/", cover.claim_cover, name="claim_cover"),
    path("no-show/", claims.claim_no_show, name="claim_no_show"),
    path("stay/", cover.claim_stay, name="claim_stay"),
    path("happened/", claims.claim_happened, name="claim_happened"),
    path("thank/", claims.claim_thank, name="claim_thank"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("requests/", home.needs, name="requests"),
    path("me/doorstep/", wishes.doorstep_today, name="doorstep_today"),
    path("requests/new/", ask.request_new, name="request_new"),
    path("requests/new/<slug:kind>/", ask.request_new_kind, name="request_new_kind"),
    path("requests/<number:pk>/", include(one_request)),
    path("slots/<number:pk>/", include(one_slot)),
    path("series/<number:pk>/extend/", times.series_extend, name="series_extend"),
    path("claims/<number:pk>/", include(one_claim)),
    path("standbys/<number:pk>/", cover.standby_call, name="standby_call"),
    path("answers/<number:pk>/helped/", answers.answer_helped, name="answer_helped"),
    path("answers/<number:pk>/report/", report.answer_report, name="answer_report"),
    path("circles/<number:pk>/", circle.circle, name="circle"),
    path("circles/consent/<str:token>/", consent.consent, name="consent"),
    path("circles/<number:pk>/calendar/", calendar.circle_calendar, name="circle_calendar"),
    path("circles/<number:pk>/sheet/", sheets.circle_sheet, name="circle_sheet"),
    path("circles/<number:pk>/calls/", sheets.circle_calls, name="circle_calls"),
    path("me/calendar/", calendar.my_calendar, name="my_calendar"),
]
