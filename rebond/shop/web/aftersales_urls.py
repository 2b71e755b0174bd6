"""Addresses of after-sales, part of the shop's own."""

from django.urls import URLPattern, path

from rebond.shop.web.views import buyer_delivery, buyer_help, buyer_return, desk_conversations, desk_repairs, seen

BUYER = "commandes/<slug:public_id>/<str:token>/aide/<slug:part_id>/"
RETURN = "retours/<slug:public_id>/<str:token>/"
DESK = "bureau/apres-vente/"
ONE = f"{DESK}<slug:public_id>/"

patterns: list[URLPattern] = [
    path("commandes/<slug:public_id>/<str:token>/vu/<slug:code>/", seen.order_seen, name="order-seen"),
    path("bureau/commandes/<slug:public_id>/vu/<slug:code>/", seen.part_seen, name="part-seen"),
    path(RETURN, buyer_return.return_back, name="return-back"),
    path(f"{RETURN}etiquette.pdf", buyer_return.label, name="return-label"),
    path(f"{RETURN}envoi/", buyer_return.sent, name="return-sent"),
    path(BUYER, buyer_help.conversation, name="help"),
    path(f"{BUYER}conciliation/", buyer_help.call, name="help-call"),
    path(f"{BUYER}reception/", buyer_delivery.received, name="help-received"),
    path(f"{BUYER}jamais-recu/", buyer_delivery.missing, name="help-missing"),
    path(f"{BUYER}mediation.pdf", buyer_help.mediation, name="help-mediation"),
    path(f"{BUYER}fichiers/<slug:file_id>/", buyer_help.attachment, name="help-file"),
    path(DESK, desk_conversations.conversation_list, name="conversation-list"),
    path(f"{DESK}entree/", desk_conversations.conversation_join, name="conversation-join"),
    path(ONE, desk_conversations.conversation_detail, name="conversation-detail"),
    path(f"{ONE}reponse/", desk_conversations.conversation_answer, name="conversation-answer"),
    path(f"{ONE}decision/", desk_conversations.conversation_settle, name="conversation-settle"),
    path(f"{ONE}reparations/<slug:repair_id>/arrivee/", desk_repairs.repair_here, name="repair-here"),
    path(f"{ONE}reparations/<slug:repair_id>/retour/", desk_repairs.repair_end, name="repair-end"),
    path(f"{ONE}conciliation/", desk_conversations.conversation_call, name="conversation-call"),
    path(f"{ONE}fermeture/", desk_conversations.conversation_close, name="conversation-close"),
    path(f"{ONE}lieu/", desk_conversations.conversation_hand, name="conversation-hand"),
    path(f"{ONE}fichiers/<slug:file_id>/", desk_conversations.conversation_file, name="conversation-file"),
]
