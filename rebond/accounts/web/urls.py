from django.urls import URLPattern, URLResolver, path

from rebond.accounts.web.views import account

app_name = "accounts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", account.home, name="home"),
    path("appareils/tout-deconnecter/", account.sign_out_everywhere, name="sign-out-everywhere"),
    path("login/", account.to_sign_in),
]
