from rebond.network.models.admission import (
    Admission,
    AdmissionMessage,
    AdmissionReading,
    SellerMeasure,
    TraderFile,
)
from rebond.network.models.agreement import Agreement
from rebond.network.models.attribute import OrganisationAttribute
from rebond.network.models.carriage import Carriage, CarriageStep
from rebond.network.models.membership import Invitation, Membership
from rebond.network.models.organisation import Closure, Organisation, OrganisationSlug
from rebond.network.models.pickup_point import PickupPoint
from rebond.network.models.site import Site

__all__ = [
    "Admission",
    "AdmissionMessage",
    "AdmissionReading",
    "Agreement",
    "Carriage",
    "CarriageStep",
    "Closure",
    "Invitation",
    "Membership",
    "Organisation",
    "OrganisationAttribute",
    "OrganisationSlug",
    "PickupPoint",
    "SellerMeasure",
    "Site",
    "TraderFile",
]
