from django.urls import URLPattern, URLResolver, path

from rebond.front.web.views import door

app_name = "front"
urlpatterns: list[URLPattern | URLResolver] = [
    path("connexion/", door.sign_in, name="sign-in"),
    path("entree/", door.after_login, name="after-login"),
]
