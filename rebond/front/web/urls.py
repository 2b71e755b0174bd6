from django.urls import URLPattern, URLResolver, path

from rebond.front.web.views import demo, door, health, home, kit, legal, sitemaps

app_name = "front"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("connexion/", door.sign_in, name="sign-in"),
    path("connexion/demo/", demo.people, name="demo-people"),
    path("connexion/demo/<slug:public_id>/", demo.enter, name="demo-enter"),
    path("hors-ligne/", door.offline, name="offline"),
    path("kit/", kit.kit, name="kit"),
    path("entree/", door.after_login, name="after-login"),
    path("comment-ca-marche/", legal.page_of, {"name": "how"}, name="how"),
    path("conditions/", legal.page_of, {"name": "terms"}, name="terms"),
    path("confidentialite/", legal.page_of, {"name": "privacy"}, name="privacy"),
    path("accessibilite/", legal.page_of, {"name": "accessibility"}, name="accessibility"),
    path("mentions-legales/", legal.page_of, {"name": "imprint"}, name="imprint"),
    path("impact/", legal.page_of, {"name": "impact"}, name="impact"),
    path("sante/", health.health, name="health"),
    path("favicon.ico", health.favicon, name="favicon"),
    path(".well-known/security.txt", health.security, name="security"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("sitemap.xml", sitemaps.sitemap_index, name="sitemap"),
    path("sitemap-pages.xml", sitemaps.sitemap_pages, name="sitemap-pages"),
    path("sitemap-objets-<int:number>.xml", sitemaps.sitemap_items, name="sitemap-items"),
]
