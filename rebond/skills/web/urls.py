"""What others read of badges: these addresses stand inside of signed files, and must answer for ever."""

from django.urls import path

from rebond.skills.web.views import published, verify

app_name = "skills"
urlpatterns = [
    path("", verify.verify, name="verify"),
    path("emetteurs/<slug:organisation_id>/", published.issuer, name="issuer"),
    path("modeles/<slug:badge_id>/", published.badge, name="badge"),
    path("modeles/<slug:badge_id>/image/", published.picture, name="picture"),
    path("listes/<slug:list_id>/", published.status_list, name="status-list"),
    path("<slug:token>/", verify.award, name="award"),
    path("<slug:token>/<slug:form>/", published.award_file, name="award-file"),
]
