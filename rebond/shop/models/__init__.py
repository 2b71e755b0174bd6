from rebond.shop.models.alert import Alert, AlertHit
from rebond.shop.models.basket import Basket, BasketLine
from rebond.shop.models.favourite import Favourite
from rebond.shop.models.notice import Notice

__all__ = ["Alert", "AlertHit", "Basket", "BasketLine", "Favourite", "Notice"]
