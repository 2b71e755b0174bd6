"""Addresses of what is handed over: the buyer's appointments, the seller's day, openings and packing slips."""

from django.urls import URLPattern, path

from rebond.shop.web.views import buyer_slots, desk_agendas, desk_carried, desk_slips, desk_slots

ORDER = "commandes/<slug:public_id>/<str:token>/rendez-vous/"
DESK = "bureau/rendez-vous/"
AGENDAS = f"{DESK}horaires/"
PARCEL = "bureau/commandes/<slug:public_id>/colis/<int:number>/"

patterns: list[URLPattern] = [
    path(f"{ORDER}<int:number>/", buyer_slots.choose, name="order-slot"),
    path(f"{ORDER}<int:number>.ics", buyer_slots.calendar, name="order-slot-ics"),
    path(DESK, desk_slots.day, name="slot-day"),
    path(AGENDAS, desk_agendas.agenda_list, name="agendas"),
    path(f"{AGENDAS}nouveau/<slug:mode>/", desk_agendas.agenda_add, name="agenda-add"),
    path(f"{AGENDAS}<slug:public_id>/", desk_agendas.agenda_change, name="agenda-change"),
    path(f"{AGENDAS}<slug:public_id>/fermeture/", desk_agendas.agenda_close, name="agenda-close"),
    path(f"{DESK}<slug:public_id>/remise/", desk_slots.hand, name="slot-hand"),
    path(f"{DESK}<slug:public_id>/absence/", desk_slots.absent, name="slot-absent"),
    path(f"{DESK}<slug:public_id>/annulation/", desk_slots.off, name="slot-off"),
    path("bureau/bons-de-livraison/", desk_slips.slips, name="slips"),
    path("bureau/bons-de-livraison/<slug:job_id>/", desk_slips.slips_job, name="slips-job"),
    path("bureau/commandes/<slug:public_id>/bon.pdf", desk_slips.part_slip, name="part-slip"),
    path("bureau/reclamations-transporteurs.csv", desk_carried.carrier_claims, name="carrier-claims"),
    path(f"{PARCEL}etiquette/", desk_carried.parcel_label, name="parcel-label"),
    path(f"{PARCEL}papiers.pdf", desk_carried.parcel_papers, name="parcel-papers"),
]
