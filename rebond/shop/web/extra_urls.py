"""What a buyer may add to an order, the desks that keep it, and the lists of a buyer's account."""

from django.urls import URLPattern, path

from rebond.shop.web.views import buyer_lists, desk_gift_cards, desk_projects, desk_vouchers, gift_cards

PROJECTS = "bureau/projets/"
ONE = f"{PROJECTS}<slug:public_id>/"
VOUCHERS = "bureau/bons/"
CARDS = "bureau/cartes-cadeaux/"
CARD = f"{CARDS}carte/<slug:public_id>/"
VOUCHER = f"{VOUCHERS}<slug:public_id>/"

patterns: list[URLPattern] = [
    path("commandes/", buyer_lists.order_list, name="orders"),
    path("mes-factures/", buyer_lists.paper_list, name="my-papers"),
    path("mes-retours/", buyer_lists.return_list, name="my-returns"),
    path("mes-messages/", buyer_lists.conversation_list, name="my-conversations"),
    path("cartes-cadeaux/", gift_cards.gift_buy, name="gift-buy"),
    path("cartes-cadeaux/solde/", gift_cards.gift_balance, name="gift-balance"),
    path("commandes/<slug:public_id>/<str:token>/carte/", gift_cards.gift_give_back, name="gift-give-back"),
    path(CARDS, desk_gift_cards.gift_list, name="gift-list"),
    path(f"{CARDS}emetteur/", desk_gift_cards.gift_issuer_name, name="gift-issuer-name"),
    path(f"{CARDS}emetteur/fin/", desk_gift_cards.gift_issuer_end, name="gift-issuer-end"),
    path(CARD, desk_gift_cards.gift_detail, name="gift-detail"),
    path(f"{CARD}etat/", desk_gift_cards.gift_move, name="gift-move"),
    path(f"{CARD}perte/", desk_gift_cards.gift_waive, name="gift-waive"),
    path(f"{CARD}code/", desk_gift_cards.gift_replace, name="gift-replace"),
    path(PROJECTS, desk_projects.project_list, name="project-list"),
    path(f"{PROJECTS}nouveau/", desk_projects.project_create, name="project-create"),
    path(ONE, desk_projects.project_detail, name="project-detail"),
    path(f"{ONE}modification/", desk_projects.project_change, name="project-change"),
    path(f"{ONE}versement/", desk_projects.project_pay, name="project-pay"),
    path(VOUCHERS, desk_vouchers.voucher_list, name="voucher-list"),
    path(f"{VOUCHERS}nouveau/", desk_vouchers.voucher_create, name="voucher-create"),
    path(VOUCHER, desk_vouchers.voucher_detail, name="voucher-detail"),
    path(f"{VOUCHER}etat/", desk_vouchers.voucher_move, name="voucher-move"),
]
