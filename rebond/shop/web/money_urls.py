"""Addresses around payments, part of the shop's own: disputes, a seller's account at the provider."""

from django.urls import URLPattern, path

from rebond.shop.web.views import desk_account, desk_bank, desk_counter, desk_disputes, desk_gestures, pay_by_hand

DISPUTES = "bureau/finances/contestations/"
ONE = f"{DISPUTES}<slug:public_id>/"
BANK = "bureau/finances/virements/"
LINE = f"{BANK}<slug:public_id>/"
GESTURES = "bureau/finances/gestes/"
COUNTER = "bureau/comptoir/"
ORDER = "commandes/<slug:public_id>/<str:token>/"

patterns: list[URLPattern] = [
    path("bureau/mon-argent/compte/", desk_account.payment_account, name="payment-account"),
    path(f"{ORDER}paiement/moyen/", pay_by_hand.choose, name="order-pay-by"),
    path(f"{ORDER}abandon/", pay_by_hand.leave, name="order-give-up"),
    path(f"{ORDER}paiement/essai/", pay_by_hand.arrive_for_trial, name="order-arrive"),
    path(BANK, desk_bank.line_list, name="bank-list"),
    path(f"{BANK}releve/", desk_bank.statement_read, name="bank-statement"),
    path(f"{BANK}reception/", desk_bank.receipt_note, name="bank-receipt"),
    path(f"{BANK}remboursement/<slug:public_id>/", desk_bank.refund_made, name="bank-refund"),
    path(LINE, desk_bank.line_detail, name="bank-detail"),
    path(f"{LINE}commande/", desk_bank.line_use, name="bank-use"),
    path(f"{LINE}decision/", desk_bank.line_decide, name="bank-decide"),
    path(f"{LINE}autre/", desk_bank.line_ignore, name="bank-ignore"),
    path(f"{LINE}rendu/", desk_bank.line_returned, name="bank-returned"),
    path(COUNTER, desk_counter.counter, name="counter"),
    path(f"{COUNTER}reglage/", desk_counter.counter_option, name="counter-option"),
    path(f"{COUNTER}remboursement/<slug:public_id>/", desk_counter.counter_refund, name="counter-refund"),
    path(f"{COUNTER}<slug:public_id>/encaissement/", desk_counter.counter_take, name="counter-take"),
    path(f"{COUNTER}<slug:public_id>/liberation/", desk_counter.counter_free, name="counter-free"),
    path(GESTURES, desk_gestures.gesture_list, name="gesture-list"),
    path(f"{GESTURES}<slug:order_id>/", desk_gestures.gesture_order, name="gesture-order"),
    path(f"{GESTURES}<slug:order_id>/don/", desk_gestures.gesture_give, name="gesture-give"),
    path(DISPUTES, desk_disputes.dispute_list, name="dispute-list"),
    path(ONE, desk_disputes.dispute_detail, name="dispute-detail"),
    path(f"{ONE}reponse/", desk_disputes.dispute_answer, name="dispute-answer"),
    path(f"{ONE}reponse/<slug:answer_id>/", desk_disputes.dispute_decide, name="dispute-decide"),
    path(f"{ONE}pieces/<slug:file_id>/", desk_disputes.dispute_file, name="dispute-file"),
]
