from django.urls import URLPattern, URLResolver, path

from rebond.front.web.views import demo, door

app_name = "front"
urlpatterns: list[URLPattern | URLResolver] = [
    path("connexion/", door.sign_in, name="sign-in"),
    path("connexion/demo/", demo.people, name="demo-people"),
    path("connexion/demo/<slug:public_id>/", demo.enter, name="demo-enter"),
    path("entree/", door.after_login, name="after-login"),
]
