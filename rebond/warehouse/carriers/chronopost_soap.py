"""What every call to Chronopost has in common: its envelope, and what it refuses in our words (`chronopost.py`)."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebond.warehouse.carriers.contract import (
    AddressRefused,
    CarrierError,
    CredentialsRefused,
    PointRefused,
    ServiceDown,
    ShipmentRefused,
    WeightRefused,
)
from rebond.warehouse.carriers.wire import ask_soap, rows_of, text

SHIPPING, POINTS, TRACKING = "shipping", "rechercheBt", "tracking"
PATHS = {
    SHIPPING: "/shipping-cxf/ShippingServiceWS",
    POINTS: "/recherchebt-ws-cxf/PointRelaisServiceWS",
    TRACKING: "/tracking-cxf/TrackingServiceWS",
}
MOST_G = {"home": 30_000, "relay": 20_000}
ANSWERS = frozenset({200, 500})  # a SOAP fault is a 500
CREDENTIALS = frozenset({"3", "30"})
# Pieces of the names of its own fields, as its refusals write them.
FIELDS = {
    "adress": "address",
    "zipcode": "postal_code",
    "city": "city",
    "phone": "phone",
    "email": "email",
    "name": "name",
    "contactname": "name",
}


def ask(service: str, name: str, inside: str, *, refuse: bool = True) -> Any:
    """The `return` of an operation; what it refuses is raised, unless the caller reads its code."""
    namespace = f"http://cxf.{service}.soap.chronopost.fr/"
    body = f'<c:{name} xmlns:c="{namespace}">{inside}</c:{name}>'
    whole = ask_soap(f"{settings.CHRONOPOST_API_URL}{PATHS[service]}", body, expected=ANSWERS)
    for fault in rows_of(whole, "faultstring"):
        said = (fault.text or "").strip()
        raise ShipmentRefused(words_of("SOAP", said)) if "marshalling" in said.lower() else ServiceDown(said[:100])
    found = next(iter(rows_of(whole, "return")), None)
    if found is None or not text(found, "errorCode"):
        raise ServiceDown("no result")
    if refuse and text(found, "errorCode") != "0":
        raise _refusal(text(found, "errorCode"), text(found, "errorMessage"))
    return found


def _refusal(code: str, said: str) -> CarrierError:
    """Its codes are few (29 to 38): the field is in the words. A field of the sender is not one that the desk shows."""
    words = said.lower()
    if code in CREDENTIALS or "account number" in words or "password" in words:
        return CredentialsRefused()
    if "shipper" in words or "customer" in words:
        return ShipmentRefused(
            gettext_lazy("Chronopost does not accept the address of your main site: complete it, with a telephone.")
        )
    if "idrelais" in words:
        return PointRefused()
    if "weight" in words:
        return WeightRefused(MOST_G["home"])
    return _of_the_receiver(code, said)


def _of_the_receiver(code: str, said: str) -> CarrierError:
    words = said.lower()
    if "no routing found" in words:
        return AddressRefused("postal_code", gettext_lazy("Chronopost does not go to this postal code."))
    field = next((field for piece, field in FIELDS.items() if f"recipient{piece}" in words), "")
    if "recipientmobilephone" in words:
        field = "phone"
    if field:
        mail = gettext_lazy("Chronopost does not accept this mail address.")
        check = gettext_lazy("Chronopost does not accept this: check it.")
        return AddressRefused(field, mail if field == "email" else check)
    return ShipmentRefused(words_of(code, said))


def words_of(code: str, said: str) -> str:
    return _("Chronopost refused (code %(code)s). %(said)s") % {"code": code, "said": said[:150]}
