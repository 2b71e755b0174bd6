from django.urls import URLPattern, URLResolver, path

from rebond.workshop.web.views import desk_item, desk_station, desk_worker

app_name = "workshop-desk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("postes/", desk_station.station_list, name="station-list"),
    path("postes/nouveau/", desk_station.station_add, name="station-add"),
    path("postes/<slug:public_id>/", desk_station.station_detail, name="station-detail"),
    path("postes/<slug:public_id>/modification/", desk_station.station_change, name="station-change"),
    path("postes/<slug:public_id>/fermeture/", desk_station.station_close, name="station-close"),
    path("postes/<slug:public_id>/tablettes/", desk_station.device_invite, name="device-invite"),
    path("postes/<slug:public_id>/choix/", desk_station.options_change, name="options-change"),
    path("tablettes/<slug:public_id>/arret/", desk_station.device_revoke, name="device-revoke"),
    path("equipe/", desk_worker.worker_list, name="worker-list"),
    path("equipe/nouvelle-personne/", desk_worker.worker_add, name="worker-add"),
    path("equipe/<slug:public_id>/", desk_worker.worker_detail, name="worker-detail"),
    path("equipe/<slug:public_id>/modification/", desk_worker.worker_change, name="worker-change"),
    path("equipe/<slug:public_id>/depart/", desk_worker.worker_end, name="worker-end"),
    path("equipe/<slug:public_id>/badge/", desk_worker.badge_issue, name="badge-issue"),
    path("equipe/<slug:public_id>/badge/arret/", desk_worker.badge_end, name="badge-end"),
    path("equipe/<slug:public_id>/code/", desk_worker.pin_set, name="pin-set"),
    path("equipe/<slug:public_id>/savoir-faire/", desk_worker.skill_set, name="skill-set"),
    path("objets/<str:code>/", desk_item.item_send, name="item-send"),
    path("objets/<str:code>/exercice/", desk_item.item_exercise, name="item-exercise"),
    path("appels/", desk_worker.call_list, name="call-list"),
    path("appels/<slug:public_id>/", desk_worker.call_answer, name="call-answer"),
    path("entrees/<slug:public_id>/", desk_worker.request_decide, name="request-decide"),
]
