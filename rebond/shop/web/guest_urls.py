"""Addresses where a guest reads, takes along or erases their data, part of the shop's own."""

from django.urls import URLPattern, path

from rebond.shop.web.views import guest_data

HERE = "mes-donnees/sans-compte/"
patterns: list[URLPattern] = [
    path(HERE, guest_data.guest_ask, name="guest-ask"),
    path(f"{HERE}<str:guest>/", guest_data.guest_data, name="guest-data"),
    path(f"{HERE}<str:guest>/demande/", guest_data.guest_export, name="guest-export"),
    path(f"{HERE}<str:guest>/fichier/", guest_data.guest_file, name="guest-file"),
    path(f"{HERE}<str:guest>/effacement/", guest_data.guest_erase, name="guest-erase"),
]
