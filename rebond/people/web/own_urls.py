"""A person's own space."""

from django.urls import path

from rebond.people.web.views import own

app_name = "my-path"
urlpatterns = [path("", own.my_path, name="path")]
