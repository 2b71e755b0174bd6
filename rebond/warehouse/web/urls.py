from django.urls import URLPattern, URLResolver, path

from rebond.warehouse.web import kept
from rebond.warehouse.web.views import count, pack, pick, store, transport

app_name = "warehouse"
kept.register()
urlpatterns: list[URLPattern | URLResolver] = [
    path("ranger/", store.store, name="store"),
    path("ranger/tache/<slug:public_id>/", store.store_task, name="store-task"),
    path("ranger/objet/<slug:code>/", store.store_object, name="store-object"),
    path("ranger/carton/<slug:box>/", store.store_container, name="store-box"),
    path("compter/", count.count, name="count"),
    path("compter/place/<slug:place>/", count.count_place, name="count-bin"),
    path("compter/place/<slug:place>/objet/", count.count_change, name="count-change"),
    path("compter/place/<slug:place>/fin/", count.count_finish, name="count-finish"),
    path("compter/annulation/<slug:public_id>/", count.count_undo, name="count-undo"),
    path("transport/", transport.transport_list, name="transport"),
    path("transport/annulation/<slug:public_id>/", transport.transport_undo, name="transport-undo"),
    path("transport/<slug:transport_id>/", transport.transport_scan, name="transport-scan"),
    path("transport/<slug:transport_id>/abime/", transport.transport_damaged, name="transport-damaged"),
    path("transport/<slug:transport_id>/fin/", transport.transport_end, name="transport-end"),
    path("preparer/annulation/<slug:public_id>/", pick.pick_undo, name="pick-undo"),
    path("preparer/<slug:public_id>/", pick.pick, name="pick"),
    path("preparer/<slug:public_id>/plus-tard/", pick.pick_later, name="pick-later"),
    path("preparer/<slug:public_id>/vide/", pick.pick_emptied, name="pick-emptied"),
    path("preparer/<slug:public_id>/plein/<int:line_id>/", pick.pick_full, name="pick-full"),
    path("preparer/<slug:public_id>/chercher/<int:line_id>/", pick.pick_find, name="pick-find"),
    path("emballer/", pack.pack, name="pack"),
    path("emballer/tache/<slug:public_id>/", pack.pack_task, name="pack-task"),
    path("emballer/tache/<slug:public_id>/carton/", pack.pack_carton, name="pack-carton"),
    path("emballer/tache/<slug:public_id>/photo/", pack.pack_photo, name="pack-photo"),
    path("emballer/tache/<slug:public_id>/fin/", pack.pack_finish, name="pack-finish"),
    path("emballer/colis/<slug:parcel_id>/", pack.packed, name="packed"),
    path("emballer/colis/<slug:parcel_id>/papiers/", pack.pack_papers, name="pack-papers"),
    path("emballer/annulation/<slug:public_id>/", pack.pack_undo, name="pack-undo"),
    path("ranger/annulation/<slug:public_id>/", store.store_undo, name="store-undo"),
]
