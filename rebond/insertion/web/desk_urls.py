"""People's paths, at the desk of their employer."""

from django.urls import path

from rebond.insertion.web.views import passes

app_name = "insertion-desk"
urlpatterns = [
    path("<slug:person_id>/pass/", passes.pass_detail, name="pass"),
    path("<slug:person_id>/pass/saisie/", passes.pass_enter, name="pass-enter"),
    path("<slug:person_id>/pass/suspension/", passes.pass_suspend, name="pass-suspend"),
    path("<slug:person_id>/pass/prolongation/", passes.pass_prolong, name="pass-prolong"),
    path("<slug:person_id>/pass/reprise/<slug:suspension_id>/", passes.pass_lift, name="pass-lift"),
]
