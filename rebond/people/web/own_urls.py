"""A person's own space."""

from django.urls import path

from rebond.people.web.views import own

app_name = "my-path"
urlpatterns = [
    path("", own.my_path, name="path"),
    path("<slug:person_id>/correction/", own.my_correction, name="correction"),
    path("<slug:person_id>/confiance/", own.my_trusted, name="trusted"),
    path("<slug:person_id>/confiance/retrait/", own.my_trusted_drop, name="trusted-drop"),
    path("<slug:person_id>/accords/<slug:kind>/", own.my_consent, name="consent"),
]
