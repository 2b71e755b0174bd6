"""Addresses of buyers' opinions, part of the shop's own."""

from django.urls import URLPattern, path

from rebond.shop.web.views import desk_ratings, quality, ratings

BUYER = "commandes/<slug:public_id>/<str:token>/avis/<slug:part_id>/"
DESK = "bureau/avis/"

patterns: list[URLPattern] = [
    path(BUYER, ratings.rating, name="rating"),
    path(f"{BUYER}retrait/", ratings.rating_take_down, name="rating-take-down"),
    path(f"{BUYER}contestation/", ratings.rating_contest, name="rating-contest"),
    path("vendeurs/<slug:slug>/avis/", ratings.seller_ratings, name="seller-ratings"),
    path("avis/<slug:public_id>/signalement/", ratings.rating_report, name="rating-report"),
    path("qualite/", quality.quality, name="quality"),
    path("bureau/qualite/", quality.quality_desk, name="quality-desk"),
    path(DESK, desk_ratings.rating_list, name="rating-list"),
    path(f"{DESK}<slug:public_id>/", desk_ratings.rating_detail, name="rating-detail"),
    path(f"{DESK}<slug:public_id>/reponse/", desk_ratings.rating_reply, name="rating-reply"),
]
