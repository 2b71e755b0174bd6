from django.urls import URLPattern, URLResolver, path

from rebond.catalogue.web.views import item, item_edit, item_list, labels, photos

app_name = "catalogue"
ONE = "objets/<str:code>/"
urlpatterns: list[URLPattern | URLResolver] = [
    path("objets/", item_list.item_list, name="item-list"),
    path("objets/nouveau/", item_edit.item_create, name="item-create"),
    path("objets/lot/<slug:verb>/", item_list.item_bulk, name="item-bulk"),
    path("objets/travaux/<slug:public_id>/", item_list.item_job, name="item-job"),
    path("objets/etiquettes/", labels.item_labels, name="item-labels"),
    path(ONE, item.item_detail, name="item-detail"),
    path(f"{ONE}modification/", item_edit.item_change, name="item-change"),
    path(f"{ONE}mise-en-vente/", item.item_publish, name="item-publish"),
    path(f"{ONE}relecture/", item.item_submit, name="item-submit"),
    path(f"{ONE}renvoi/", item.item_send_back, name="item-send-back"),
    path(f"{ONE}retrait/", item.item_withdraw, name="item-withdraw"),
    path(f"{ONE}prix/", item.item_price, name="item-price"),
    path(f"{ONE}copie/", item.item_duplicate, name="item-duplicate"),
    path(f"{ONE}etiquette/", labels.item_label, name="item-label"),
    path(f"{ONE}photos/", photos.photos, name="photos"),
    path(f"{ONE}photos/ajouter/", photos.photo_add, name="photo-add"),
    path(f"{ONE}photos/ordre/", photos.photo_order, name="photo-order"),
    path(f"{ONE}photos/remettre/", photos.photo_restore, name="photo-restore"),
    path(f"{ONE}photos/<int:pk>/texte/", photos.photo_describe, name="photo-describe"),
    path(f"{ONE}photos/<int:pk>/retirer/", photos.photo_remove, name="photo-remove"),
]
