from django.urls import URLPattern, URLResolver, path

from rebond.workshop.web.views import kiosk

app_name = "workshop"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", kiosk.kiosk, name="kiosk"),
]
