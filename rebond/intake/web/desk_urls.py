from django.urls import URLPattern, URLResolver, path

from rebond.intake.web.views import desk_balance, desk_donation

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
    path("arrivages/<slug:public_id>/note/", desk_donation.donation_note, name="donation-note"),
    path("arrivages/<slug:public_id>/bon/", desk_donation.donation_slip, name="donation-slip"),
]
