from django.urls import URLPattern, URLResolver, path

from rebond.catalogue.web.views import photos

app_name = "catalogue"
urlpatterns: list[URLPattern | URLResolver] = [
    path("objets/<str:code>/photos/", photos.photos, name="photos"),
    path("objets/<str:code>/photos/ajouter/", photos.photo_add, name="photo-add"),
    path("objets/<str:code>/photos/ordre/", photos.photo_order, name="photo-order"),
    path("objets/<str:code>/photos/remettre/", photos.photo_restore, name="photo-restore"),
    path("objets/<str:code>/photos/<int:pk>/texte/", photos.photo_describe, name="photo-describe"),
    path("objets/<str:code>/photos/<int:pk>/retirer/", photos.photo_remove, name="photo-remove"),
]
