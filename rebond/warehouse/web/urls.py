from django.urls import URLPattern, URLResolver, path

from rebond.warehouse.web import kept
from rebond.warehouse.web.views import store

app_name = "warehouse"
kept.register()
urlpatterns: list[URLPattern | URLResolver] = [
    path("ranger/", store.store, name="store"),
    path("ranger/tache/<slug:public_id>/", store.store_task, name="store-task"),
    path("ranger/objet/<slug:code>/", store.store_object, name="store-object"),
    path("ranger/carton/<slug:box>/", store.store_container, name="store-box"),
    path("ranger/annulation/<slug:public_id>/", store.store_undo, name="store-undo"),
]
