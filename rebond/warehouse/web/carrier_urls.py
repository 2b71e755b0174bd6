"""Addresses of carriers and of the parcels given to them."""

from django.urls import URLPattern, path

from rebond.warehouse.web.views import desk_carrier, desk_manifest, desk_shipment

CARRIERS = "transporteurs/"
ACCOUNT = f"{CARRIERS}<slug:account_id>/"
SHIPMENTS = "envois/"
SHIPMENT = f"{SHIPMENTS}<slug:shipment_id>/"
MANIFESTS = "remises/"
MANIFEST = f"{MANIFESTS}<slug:manifest_id>/"

patterns: list[URLPattern] = [
    path(CARRIERS, desk_carrier.carrier_list, name="carrier-list"),
    path(f"{CARRIERS}nouveau/<slug:carrier>/", desk_carrier.carrier_add, name="carrier-add"),
    path(ACCOUNT, desk_carrier.carrier_detail, name="carrier-detail"),
    path(f"{ACCOUNT}modification/", desk_carrier.carrier_change, name="carrier-change"),
    path(f"{ACCOUNT}essai/", desk_carrier.carrier_try, name="carrier-try"),
    path(SHIPMENTS, desk_shipment.shipment_list, name="shipment-list"),
    path(SHIPMENT, desk_shipment.shipment_detail, name="shipment-detail"),
    path(f"{SHIPMENT}etiquette.<slug:ending>", desk_shipment.shipment_label, name="shipment-label"),
    path(f"{SHIPMENT}annulation/", desk_shipment.shipment_cancel, name="shipment-cancel"),
    path(f"{SHIPMENT}preuve/", desk_shipment.shipment_proof, name="shipment-proof"),
    path(MANIFESTS, desk_manifest.manifest_list, name="manifest-list"),
    path(f"{MANIFESTS}ouverture/", desk_manifest.manifest_open, name="manifest-open"),
    path(MANIFEST, desk_manifest.manifest_detail, name="manifest-detail"),
    path(f"{MANIFEST}scan/", desk_manifest.manifest_scan, name="manifest-scan"),
    path(f"{MANIFEST}retrait/<slug:shipment_id>/", desk_manifest.manifest_take_out, name="manifest-take-out"),
    path(f"{MANIFEST}remise/", desk_manifest.manifest_close, name="manifest-close"),
    path(f"{MANIFEST}bordereau.pdf", desk_manifest.manifest_paper, name="manifest-paper"),
    path(f"{MANIFEST}bordereau.csv", desk_manifest.manifest_csv, name="manifest-csv"),
]
