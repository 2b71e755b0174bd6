"""Badges at the desk of an organisation."""

from django.urls import path

from rebond.skills.web.views import desk_awards, desk_badges

app_name = "skills-desk"
urlpatterns = [
    path("", desk_awards.award_list, name="award-list"),
    path("remise/", desk_awards.person_list, name="person-list"),
    path("remise/<slug:user_id>/", desk_awards.award_give, name="award-give"),
    path("modeles/", desk_badges.badge_list, name="badge-list"),
    path("modeles/nouveau/", desk_badges.badge_make, name="badge-make"),
    path("modeles/cle/", desk_badges.key_renew, name="key-renew"),
    path("modeles/<slug:badge_id>/", desk_badges.badge_detail, name="badge-detail"),
    path("modeles/<slug:badge_id>/fin/", desk_badges.badge_close, name="badge-close"),
    path("<slug:award_id>/", desk_awards.award_detail, name="award-detail"),
    path("<slug:award_id>/retrait/", desk_awards.award_revoke, name="award-revoke"),
]
