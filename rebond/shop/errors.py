"""What the shop's actions refuse."""


class ShopError(Exception):
    """Base of the room's refusals."""


class FavouritesFullError(ShopError):
    """A list holds 20,000 favourites at most."""


class AlertsFullError(ShopError):
    """An address has 100 alerts at most."""


class NoticeDecidedError(ShopError):
    """The notice was decided already."""
