from django.urls import URLPattern, URLResolver, include, path

from rebond.warehouse.web import carrier_urls
from rebond.warehouse.web.views import (
    desk_carton,
    desk_count,
    desk_cut_off,
    desk_departures,
    desk_make,
    desk_markdown,
    desk_parcel,
    desk_place,
    desk_round,
    desk_transport,
    desk_wave,
)

app_name = "warehouse-desk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("places/", desk_place.place_list, name="place-list"),
    path("places/nouvelles/", desk_make.places_make, name="places-make"),
    path("places/cartons/", desk_make.boxes_make, name="boxes-make"),
    path("places/travaux/<slug:public_id>/", desk_make.places_job, name="places-job"),
    path("places/<slug:place>/", desk_place.place_detail, name="place-detail"),
    path("places/<slug:place>/modification/", desk_place.place_change, name="place-change"),
    path("places/<slug:place>/fermeture/", desk_place.place_close, name="place-close"),
    path("places/<slug:place>/etiquettes/", desk_place.place_labels, name="place-labels"),
    path("emballages/", desk_carton.carton_list, name="carton-list"),
    path("emballages/nouveau/", desk_carton.carton_add, name="carton-add"),
    path("emballages/<slug:carton_id>/", desk_carton.carton_detail, name="carton-detail"),
    path("emballages/<slug:carton_id>/modification/", desk_carton.carton_change, name="carton-change"),
    path("emballages/<slug:carton_id>/arrivee/", desk_carton.carton_receive, name="carton-receive"),
    path("emballages/<slug:carton_id>/comptage/", desk_carton.carton_count, name="carton-count"),
    path("emballages/<slug:carton_id>/fin/", desk_carton.carton_close, name="carton-close"),
    path("comptages/", desk_count.count_list, name="count-list"),
    path("comptages/nouveau/", desk_count.count_open, name="count-open"),
    path("comptages/<slug:count_id>/", desk_count.count_detail, name="count-detail"),
    path("comptages/<slug:count_id>/fin/", desk_count.count_close, name="count-close"),
    path(
        "comptages/<slug:count_id>/ecarts/<int:difference_id>/", desk_count.difference_settle, name="difference-settle"
    ),
    path(
        "comptages/<slug:count_id>/ecarts/<int:difference_id>/annulation/",
        desk_count.difference_reopen,
        name="difference-reopen",
    ),
    path("comptages/<slug:count_id>/places/<int:bin_id>/", desk_count.bin_again, name="count-again"),
    path("verification/", desk_markdown.stock_alert, name="stock-alert"),
    path("invendus/", desk_markdown.markdown_list, name="markdown-list"),
    path("invendus/regle/", desk_markdown.rule_set, name="markdown-set"),
    path("invendus/regles/<slug:rule_id>/fin/", desk_markdown.rule_stop, name="markdown-stop"),
    path("invendus/regles/<slug:rule_id>/tout/", desk_markdown.rule_apply, name="markdown-apply"),
    path("invendus/<int:markdown_id>/<slug:verb>/", desk_markdown.markdown_verb, name="markdown-verb"),
    path("transports/", desk_transport.transport_list, name="transport-list"),
    path("transports/nouveau/", desk_transport.transport_make, name="transport-make"),
    path("transports/<slug:transport_id>/", desk_transport.transport_detail, name="transport-detail"),
    path("transports/<slug:transport_id>/bordereau/", desk_transport.transport_slip, name="transport-slip"),
    path("transports/<slug:transport_id>/retrait/", desk_transport.transport_take_off, name="transport-take-off"),
    *[
        path(
            f"transports/<slug:transport_id>/{verb}/",
            desk_transport.transport_verb,
            {"verb": verb},
            f"transport-{verb}",
        )
        for verb in desk_transport.VERBS
    ],
    path("colis/", desk_parcel.parcel_list, name="parcel-list"),
    path("colis/chiffres/", desk_departures.departures, name="departures"),
    path("colis/<slug:parcel_id>/", desk_parcel.parcel_detail, name="parcel-detail"),
    path("colis/<slug:parcel_id>/depart/", desk_parcel.parcel_leave, name="parcel-leave"),
    path("vagues/", desk_wave.wave_list, name="wave-list"),
    path("vagues/nouvelle/", desk_wave.wave_make, name="wave-make"),
    path("departs/", desk_cut_off.cut_offs, name="cut-offs"),
    path("departs/heure/", desk_cut_off.cut_off_set, name="cut-off-set"),
    path("departs/<slug:cut_off_id>/fin/", desk_cut_off.cut_off_remove, name="cut-off-remove"),
    path("tournees/", desk_round.round_list, name="round-list"),
    path("tournees/cases.pdf", desk_round.cart_labels, name="cart-labels"),
    path("vagues/<slug:wave_id>/", desk_wave.wave_detail, name="wave-detail"),
    path("vagues/<slug:wave_id>/fin/", desk_wave.wave_stop, name="wave-stop"),
    path("objets/<slug:code>/place/", desk_place.item_move, name="item-move"),
    path("", include(carrier_urls.patterns)),
]
