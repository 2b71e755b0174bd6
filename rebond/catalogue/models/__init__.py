from rebond.catalogue.models.book import Book
from rebond.catalogue.models.category import Category, CategoryAttribute, CategorySlug
from rebond.catalogue.models.collection import Collection, CollectionItem
from rebond.catalogue.models.hold import Hold
from rebond.catalogue.models.hosting import Hosting
from rebond.catalogue.models.index_change import IndexChange
from rebond.catalogue.models.item import Item, ItemFlaw, ItemSlug, PriceChange
from rebond.catalogue.models.photo import Photo, PhotoAsset
from rebond.catalogue.models.recall import Recall

__all__ = [
    "Book",
    "Category",
    "CategoryAttribute",
    "CategorySlug",
    "Collection",
    "CollectionItem",
    "Hold",
    "Hosting",
    "IndexChange",
    "Item",
    "ItemFlaw",
    "ItemSlug",
    "Photo",
    "PhotoAsset",
    "PriceChange",
    "Recall",
]
