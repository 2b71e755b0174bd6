"""A person's own space."""

from django.urls import path

from rebond.people.web.views import own

app_name = "my-path"
urlpatterns = [
    path("", own.my_path, name="path"),
    path("<slug:person_id>/accords/<slug:kind>/", own.my_consent, name="consent"),
]
