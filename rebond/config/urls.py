"""All addresses: English names, French paths."""

from django.urls import include, path, re_path

from rebond.core.access import public
from rebond.core.web import media

handler400 = "rebond.core.failures.bad_request"
handler403 = "rebond.core.failures.forbidden"
handler404 = "rebond.core.failures.not_found"
handler500 = "rebond.core.failures.server_error"

urlpatterns = [
    path("", include("rebond.front.web.urls")),
    path("", include("rebond.shop.web.urls")),
    path("", include("rebond.network.web.public_urls")),
    path("atelier/", include("rebond.workshop.web.urls")),
    path("atelier/", include("rebond.intake.web.urls")),
    path("atelier/", include("rebond.warehouse.web.urls")),
    path("", include("rebond.warehouse.web.short_urls")),
    path("badges/", include("rebond.skills.web.urls")),
    path("bureau/badges/", include("rebond.skills.web.desk_urls")),
    path("compte/badges/", include("rebond.skills.web.own_urls")),
    path("bureau/savoir-faire/", include("rebond.skills.web.people_urls")),
    path("compte/savoir-faire/", include("rebond.skills.web.own_skill_urls")),
    path("bureau/personnes/", include("rebond.people.web.desk_urls")),
    path("bureau/parcours/", include("rebond.insertion.web.desk_urls")),
    path("nouvelles/", include("rebond.insertion.web.news_urls")),
    path("compte/parcours/", include("rebond.people.web.own_urls")),
    path("bureau/", include("rebond.ledger.web.urls")),
    path("bureau/stock/", include("rebond.warehouse.web.desk_urls")),
    path("bureau/atelier/", include("rebond.workshop.web.desk_urls")),
    path("bureau/", include("rebond.intake.web.desk_urls")),
    path("bureau/", include("rebond.catalogue.web.urls")),
    path("bureau/", include("rebond.network.web.urls")),
    path("bureau/", include("rebond.connect.web.urls")),
    path("bureau/", include("rebond.journal.web.urls")),
    path("compte/", include("rebond.accounts.web.urls")),
    path("compte/", include("rebond.accounts.web.doors")),
    re_path(r"^media/(?P<path>.*)$", public(media), name="media"),
]
