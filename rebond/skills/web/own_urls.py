"""A person's own badges."""

from django.urls import path

from rebond.skills.web.views import own

app_name = "my-badges"
urlpatterns = [
    path("", own.badge_list, name="list"),
    path("<slug:award_id>/partage/", own.share, name="share"),
    path("<slug:award_id>/fichier/<slug:form>/", own.download, name="file"),
]
