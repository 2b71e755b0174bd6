from django.urls import URLPattern, URLResolver, path

from rebond.intake.web.views import desk_balance, desk_donation, desk_donor, desk_register

app_name = "intake-desk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("arrivages/", desk_donation.donation_list, name="donation-list"),
    path("arrivages/contenants/", desk_donation.containers, name="containers"),
    path("arrivages/contenants/<slug:public_id>/retrait/", desk_donation.container_end, name="container-end"),
    path("arrivages/bilan/", desk_balance.balance, name="balance"),
    path("arrivages/bilan/comptage/", desk_balance.count_add, name="count-add"),
    path("arrivages/bilan/sortie/", desk_balance.exit_add, name="exit-add"),
    path("arrivages/flux/", desk_balance.flow_map, name="flow-map"),
    path("arrivages/<slug:public_id>/", desk_donation.donation_detail, name="donation-detail"),
    path("arrivages/<slug:public_id>/provenance/", desk_donation.donation_origin, name="donation-origin"),
    path("arrivages/<slug:public_id>/note/", desk_donation.donation_note, name="donation-note"),
    path("arrivages/<slug:public_id>/bon/", desk_donation.donation_slip, name="donation-slip"),
    path("registre/", desk_register.entry_list, name="register-list"),
    path("registre/reglages/", desk_register.settings, name="register-settings"),
    path("registre/seuil/", desk_register.limit_change, name="register-limit"),
    path("registre/verification/", desk_register.check, name="register-check"),
    path("registre/papier/", desk_register.paper, name="register-paper"),
    path("registre/objet/<slug:code>/", desk_donor.object_donor, name="register-object"),
    path("registre/arrivage/<slug:public_id>/", desk_donor.donation_donor, name="register-donation"),
    path("registre/<int:line>/", desk_register.entry_detail, name="register-detail"),
    path("registre/<int:line>/correction/", desk_register.entry_correct, name="register-correct"),
    path("registre/<int:line>/apporteur/", desk_donor.entry_donor, name="register-donor"),
]
