"""Addresses of what comes back: the after-sales station, and the desk's check of a return."""

from django.urls import URLPattern, path

from rebond.shop.web import kept_stray
from rebond.shop.web.views import (
    buyer_again,
    desk_again,
    desk_arrivals,
    desk_returns,
    desk_strays,
    kiosk_returns,
    kiosk_strays,
)

kept_stray.register()
KIOSK = "atelier/retours/"
ONE = f"{KIOSK}<slug:code>/"
RETURN = "bureau/apres-vente/retours/<slug:public_id>/"
DESK = f"{RETURN}objets/<slug:code>/"
STRAY = "atelier/colis-inconnu/"
STRAYS = "bureau/colis-inconnus/"
ONE_STRAY = f"{STRAYS}<slug:public_id>/"

patterns: list[URLPattern] = [
    path(KIOSK, kiosk_returns.scan, name="kiosk-returns"),
    path(ONE, kiosk_returns.what_came, name="kiosk-return"),
    path(f"{ONE}photos/", kiosk_returns.photos, name="kiosk-return-photos"),
    path(f"{ONE}suite/", kiosk_returns.fate, name="kiosk-return-fate"),
    path(f"{ONE}etat/", kiosk_returns.condition, name="kiosk-return-condition"),
    path(f"{ONE}poids/", kiosk_returns.weight, name="kiosk-return-weight"),
    path(f"{ONE}fait/", kiosk_returns.done, name="kiosk-return-done"),
    path(STRAY, kiosk_strays.note, name="kiosk-stray-note"),
    path(f"{STRAY}<slug:public_id>/photo/", kiosk_strays.photo, name="kiosk-stray-photo"),
    path(f"{STRAY}<slug:public_id>/note/", kiosk_strays.words, name="kiosk-stray-words"),
    path(f"{STRAY}<slug:public_id>/rangement/", kiosk_strays.place, name="kiosk-stray-place"),
    path(f"{STRAY}<slug:public_id>/fait/", kiosk_strays.done, name="kiosk-stray-done"),
    path(STRAYS, desk_strays.stray_list, name="stray-list"),
    path(ONE_STRAY, desk_strays.stray_detail, name="stray-detail"),
    path(f"{ONE_STRAY}photos/<slug:file_id>/", desk_strays.photo, name="stray-photo"),
    path(f"{ONE_STRAY}commande/", desk_strays.stray_tie, name="stray-tie"),
    path(f"{ONE_STRAY}demande/", desk_again.stray_ask, name="stray-ask"),
    path(f"{ONE_STRAY}renvoi/", desk_again.stray_again, name="stray-again"),
    path("colis/<slug:public_id>/<str:token>/", buyer_again.again, name="again"),
    path(f"{ONE_STRAY}suite/", desk_strays.stray_end, name="stray-end"),
    path("atelier/reparation/<slug:public_id>/", kiosk_returns.repair, name="kiosk-repair"),
    path(f"{RETURN}majoration/", desk_returns.return_surcharge, name="return-surcharge"),
    path(DESK, desk_arrivals.check, name="return-check"),
    path(f"{DESK}photos/<slug:file_id>/", desk_arrivals.photo, name="return-photo"),
    path(f"{DESK}valeur/", desk_arrivals.ask, name="return-loss"),
    path(f"{DESK}valeur/<slug:loss_id>/", desk_arrivals.decide, name="return-loss-decide"),
]
