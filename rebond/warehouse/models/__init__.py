from rebond.warehouse.models.place import Place
from rebond.warehouse.models.stock import Holding, Movement

__all__ = ["Holding", "Movement", "Place"]
