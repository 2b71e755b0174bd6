from django.urls import URLPattern, URLResolver, path

from rebond.shop.web.views import alerts, desk_notices, favourites, item, notices, search, sellers

app_name = "shop"
urlpatterns: list[URLPattern | URLResolver] = [
    path("recherche/", search.search, name="search"),
    path("recherche/suggestions/", search.suggestions, name="suggestions"),
    path("recherche/classement/", search.ranking, name="ranking"),
    path("rayons/", search.aisles, name="aisles"),
    path("rayons/<slug:slug>/", search.aisle, name="aisle"),
    path("impact/co2/", search.co2, name="co2"),
    path("objet/<slug:name>/", item.item, name="item"),
    path("objet/<slug:code>/signalement/", notices.create, name="notice-create"),
    path("signalement/merci/", notices.sent, name="notice-sent"),
    path("o/<str:code>", item.short, name="short"),
    path("o/<str:code>/", item.short, name="short-slash"),
    path("vendeurs/", sellers.sellers, name="sellers"),
    path("vendeurs/<slug:slug>/", sellers.seller, name="seller"),
    path("collections/", sellers.collections, name="collections"),
    path("collections/<slug:slug>/", sellers.collection, name="collection"),
    path("favoris/", favourites.favourites, name="favourites"),
    path("favoris/ajout/", favourites.add, name="favourite-add"),
    path("favoris/retrait/", favourites.remove, name="favourite-remove"),
    path("favoris/vus/", favourites.seen, name="seen"),
    path("moi/", favourites.me, name="me"),
    path("alertes/", alerts.alerts, name="alerts"),
    path("alertes/nouvelle/", alerts.create, name="alert-create"),
    path("alertes/nouvelle/<slug:code>/", alerts.create_similar, name="alert-similar"),
    path("alertes/presque/", alerts.sent, name="alert-sent"),
    path("alertes/<slug:public_id>/<str:token>/confirmation/", alerts.confirm, name="alert-confirm"),
    path("alertes/<slug:public_id>/<str:token>/arret/", alerts.stop, name="alert-stop"),
    path("alertes/<slug:public_id>/<slug:verb>/", alerts.change, name="alert-change"),
    path("bureau/signalements/", desk_notices.notice_list, name="notice-list"),
    path("bureau/signalements/<slug:public_id>/", desk_notices.notice_detail, name="notice-detail"),
]
