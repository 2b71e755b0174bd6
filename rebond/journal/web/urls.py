from django.urls import URLPattern, URLResolver, path

from rebond.journal.web.views import entries, files, mail, tasks

app_name = "journal"
urlpatterns: list[URLPattern | URLResolver] = [
    path("journal/", entries.entry_list, name="entry-list"),
    path("courrier/", mail.mail_list, name="mail-list"),
    path("courrier/<slug:public_id>/", mail.mail_detail, name="mail-detail"),
    path("courrier/<slug:public_id>/apercu/", mail.mail_preview, name="mail-preview"),
    path("courrier/<slug:public_id>/renvoi/", mail.mail_resend, name="mail-resend"),
    path("courrier/<slug:public_id>/adresse/", mail.address_trust, name="address-trust"),
    path("fichiers/<slug:public_id>/", files.file_download, name="file-download"),
    path("taches/", tasks.task_list, name="task-list"),
    path("taches/<uuid:task_id>/relance/", tasks.task_rerun, name="task-rerun"),
]
