from django.urls import URLPattern, URLResolver, path

from rebond.connect.web.views import files, run, start

app_name = "connect"
ONE = "imports/<slug:public_id>/"
urlpatterns: list[URLPattern | URLResolver] = [
    path("imports/", start.import_list, name="import-list"),
    path("imports/boutique/", start.shop_read, name="shop-read"),
    path("imports/modele.<str:ending>", files.template, name="import-template"),
    path(ONE, run.import_detail, name="import-detail"),
    path(f"{ONE}lecture/", run.reading_again, name="import-read"),
    path(f"{ONE}lecture/arret/", run.reading_stop, name="import-read-stop"),
    path(f"{ONE}colonnes/", run.columns_set, name="import-columns"),
    path(f"{ONE}corrections/", run.corrections_set, name="import-corrections"),
    path(f"{ONE}corrections/<int:pk>/retrait/", run.correction_remove, name="import-correction-remove"),
    path(f"{ONE}rayons/", run.categories_choose, name="import-categories"),
    path(f"{ONE}lancement/", run.import_start, name="import-start"),
    path(f"{ONE}pause/", run.import_pause, name="import-pause"),
    path(f"{ONE}reprise/", run.import_resume, name="import-resume"),
    path(f"{ONE}annulation/", run.import_undo, name="import-undo"),
    path(f"{ONE}rapport.<str:ending>", files.report, name="import-report"),
]
