"""Addresses around payments, part of the shop's own: disputes, a seller's account at the provider."""

from django.urls import URLPattern, path

from rebond.shop.web.views import desk_account, desk_disputes

DISPUTES = "bureau/finances/contestations/"
ONE = f"{DISPUTES}<slug:public_id>/"

patterns: list[URLPattern] = [
    path("bureau/mon-argent/compte/", desk_account.payment_account, name="payment-account"),
    path(DISPUTES, desk_disputes.dispute_list, name="dispute-list"),
    path(ONE, desk_disputes.dispute_detail, name="dispute-detail"),
    path(f"{ONE}reponse/", desk_disputes.dispute_answer, name="dispute-answer"),
    path(f"{ONE}reponse/<slug:answer_id>/", desk_disputes.dispute_decide, name="dispute-decide"),
    path(f"{ONE}pieces/<slug:file_id>/", desk_disputes.dispute_file, name="dispute-file"),
]
