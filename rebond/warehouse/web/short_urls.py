from django.urls import URLPattern, URLResolver, path

from rebond.warehouse.web.views import desk_place

app_name = "warehouse-short"
urlpatterns: list[URLPattern | URLResolver] = [
    path("l/<slug:place>/", desk_place.place_short, name="place-short"),  # what a place's label holds
]
