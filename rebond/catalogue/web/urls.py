from django.urls import URLPattern, URLResolver, path

from rebond.catalogue.web.views import category, collection, item, item_edit, item_list, labels, photos

app_name = "catalogue"
ONE = "objets/<str:code>/"
urlpatterns: list[URLPattern | URLResolver] = [
    path("categories/", category.category_list, name="category-list"),
    path("categories/ajout/", category.category_add, name="category-add"),
    path("categories/<slug:key>/", category.category_change, name="category-change"),
    path("categories/<slug:key>/place/", category.category_move, name="category-move"),
    path("categories/<slug:key>/ouverture/", category.category_open, name="category-open"),
    path("categories/<slug:key>/questions/ajout/", category.attribute_write, name="attribute-add"),
    path("categories/<slug:key>/questions/<int:pk>/", category.attribute_write, name="attribute-change"),
    path("categories/<slug:key>/questions/<int:pk>/retrait/", category.attribute_remove, name="attribute-remove"),
    path("collections/", collection.collection_list, name="collection-list"),
    path("collections/ajout/", collection.collection_create, name="collection-create"),
    path("collections/<slug:public_id>/", collection.collection_change, name="collection-change"),
    path("collections/<slug:public_id>/objets/", collection.collection_items, name="collection-items"),
    path("collections/<slug:public_id>/place/", collection.collection_move, name="collection-move"),
    path("collections/<slug:public_id>/suppression/", collection.collection_delete, name="collection-delete"),
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
