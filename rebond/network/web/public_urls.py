"""Addresses outside the desk: invitations, and the application to sell."""

from django.urls import URLPattern, URLResolver, path

from rebond.network.web.views import membership

app_name = "joining"
urlpatterns: list[URLPattern | URLResolver] = [
    path("invitation/<str:token>/", membership.invitation, name="invitation"),
]
