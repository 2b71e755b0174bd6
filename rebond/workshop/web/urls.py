from django.urls import URLPattern, URLResolver, path

from rebond.workshop.web import kept
from rebond.workshop.web.views import camera, kiosk, label, offline, photo, read, review, task, write

app_name = "workshop"
kept.register()
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
    path("annonces/corrigees/", review.notes, name="review-notes"),
    path("annonces/corrigees/<slug:public_id>/", review.note_read, name="review-note-read"),
    path("annonces/faites/<slug:public_id>/", write.write_done, name="write-done"),
    path("annonces/faites/<slug:public_id>/annuler/", write.write_undo, name="write-undo"),
    path("annonces/<slug:public_id>/", write.write, name="write"),
    path("annonces/<slug:public_id>/relire/", write.write_check, name="write-check"),
    path("annonces/<slug:public_id>/envoyer/", write.write_send, name="write-send"),
    path("annonces/<slug:public_id>/<slug:path>/", write.write_question, name="write-question"),
    path("relectures/<slug:public_id>/", review.review, name="review"),
    path("relectures/<slug:public_id>/corriger/", review.review_correct, name="review-correct"),
    path("relectures/<slug:public_id>/rendre/", review.review_return, name="review-return"),
    path("en-attente/", offline.shell, name="waiting"),
    path("bagages/", offline.luggage, name="luggage"),
    path("envoi/", offline.receive, name="receive-kept"),
    path("service.js", offline.service_worker, name="service-worker"),
    path("application.webmanifest", offline.manifest, name="manifest"),
    path("etiquette/<slug:code>/", label.label, name="label"),
    path("lire/", read.read_frame, name="read-frame"),
    path("camera/", camera.camera, name="camera"),
    path("camera/nouvelles/", camera.news, name="camera-news"),
    path("camera/<str:token>/", camera.join, name="camera-join"),
    path("photos/", photo.scan, name="photograph"),
    path("photos/<slug:public_id>/", photo.shoot, name="photograph-shoot"),
    path("photos/<slug:public_id>/telephone/", photo.lend, name="photograph-lend"),
    path("photos/<slug:public_id>/fin/", photo.finish, name="photograph-finish"),
    path("photos/<slug:public_id>/retouche/", photo.retouch, name="photograph-retouch"),
    path("photos/<slug:public_id>/annulation/", photo.undo, name="photograph-undo"),
    path("taches/<slug:public_id>/", task.task_open, name="task-open"),
    path("taches/<slug:public_id>/pause/", task.task_pause, name="task-pause"),
    path("taches/<slug:public_id>/rendre/", task.task_return, name="task-return"),
]
