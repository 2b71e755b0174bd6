from django.urls import URLPattern, URLResolver, path

from rebond.warehouse.web.views import desk_place, hook

app_name = "warehouse-short"
urlpatterns: list[URLPattern | URLResolver] = [
    path("l/<slug:place>/", desk_place.place_short, name="place-short"),  # what a place's label holds
    path("transporteurs/<slug:account_id>/evenements/", hook.carrier_hook, name="carrier-hook"),
]
