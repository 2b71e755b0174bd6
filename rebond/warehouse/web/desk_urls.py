from django.urls import URLPattern, URLResolver, path

from rebond.warehouse.web.views import desk_make, desk_place

app_name = "warehouse-desk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("places/", desk_place.place_list, name="place-list"),
    path("places/nouvelles/", desk_make.places_make, name="places-make"),
    path("places/cartons/", desk_make.boxes_make, name="boxes-make"),
    path("places/travaux/<slug:public_id>/", desk_make.places_job, name="places-job"),
    path("places/<slug:place>/", desk_place.place_detail, name="place-detail"),
    path("places/<slug:place>/modification/", desk_place.place_change, name="place-change"),
    path("places/<slug:place>/fermeture/", desk_place.place_close, name="place-close"),
    path("places/<slug:place>/etiquettes/", desk_place.place_labels, name="place-labels"),
    path("objets/<slug:code>/place/", desk_place.item_move, name="item-move"),
]
