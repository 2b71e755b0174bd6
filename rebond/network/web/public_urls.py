"""Addresses outside the desk: invitations, and the application to sell."""

from django.urls import URLPattern, URLResolver, path, re_path

from rebond.network.web.views import apply, membership

app_name = "joining"
urlpatterns: list[URLPattern | URLResolver] = [
    path("vendre/", apply.sell, name="sell"),
    path("vendre/dossier/<str:token>/", apply.follow, name="apply"),
    path("vendre/dossier/<str:token>/reponse/", apply.answer, name="apply-answer"),
    path("vendre/dossier/<str:token>/nouvelle-lecture/", apply.appeal, name="apply-appeal"),
    path("vendre/dossier/<str:token>/retrait/", apply.withdraw, name="apply-withdraw"),
    re_path(
        r"^vendre/dossier/(?P<token>[\w-]+)/(?P<step>structure|projet|criteres|vendeur|envoi)/$",
        apply.step,
        name="apply-step",
    ),
    path("invitation/<str:token>/", membership.invitation, name="invitation"),
]
