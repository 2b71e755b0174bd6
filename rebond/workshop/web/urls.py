from django.urls import URLPattern, URLResolver, path

from rebond.workshop.web.views import kiosk, task

app_name = "workshop"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", kiosk.kiosk, name="kiosk"),
    path("appareil/<str:code>/", kiosk.enrol, name="enrol"),
    path("badge/", kiosk.badge, name="badge"),
    path("code/", kiosk.pin, name="pin"),
    path("sans-badge/", kiosk.without_badge, name="without-badge"),
    path("sans-badge/<slug:public_id>/", kiosk.request_wait, name="request-wait"),
    path("sortie/", kiosk.leave, name="leave"),
    path("aide/", kiosk.help_call, name="help"),
    path("moi/", kiosk.me, name="me"),
    path("taches/<slug:public_id>/", task.task_open, name="task-open"),
    path("taches/<slug:public_id>/pause/", task.task_pause, name="task-pause"),
    path("taches/<slug:public_id>/rendre/", task.task_return, name="task-return"),
]
