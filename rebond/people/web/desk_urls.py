"""People who are followed, at the desk of an organisation."""

from django.urls import path

from rebond.people.web.views import desk_consent, desk_correction, desk_file, desk_list, desk_need

app_name = "people-desk"
urlpatterns = [
    path("", desk_list.person_list, name="person-list"),
    path("nouvelle/", desk_list.person_welcome, name="person-welcome"),
    path("chiffres/", desk_list.figures, name="figures"),
    path("<slug:person_id>/", desk_file.person_detail, name="person-detail"),
    path("<slug:person_id>/identite/", desk_file.person_change, name="person-change"),
    path("<slug:person_id>/suivi/", desk_file.person_follow, name="person-follow"),
    path("<slug:person_id>/accords/", desk_consent.consents, name="consents"),
    path("<slug:person_id>/accords/<slug:kind>/", desk_consent.consent_give, name="consent-give"),
    path("<slug:person_id>/accords/<slug:kind>/retrait/", desk_consent.consent_withdraw, name="consent-withdraw"),
    path("<slug:person_id>/besoins/", desk_need.needs, name="needs"),
    path("<slug:person_id>/besoins/<slug:kind>/", desk_need.need_note, name="need-note"),
    path("<slug:person_id>/corrections/<slug:correction_id>/", desk_correction.correction, name="correction"),
    path("<slug:person_id>/confiance/", desk_need.trusted_note, name="trusted-note"),
    path("<slug:person_id>/confiance/retrait/", desk_need.trusted_drop, name="trusted-drop"),
    path("<slug:person_id>/statut/", desk_file.status_begin, name="status-begin"),
    path("<slug:person_id>/statut/<slug:status_id>/fin/", desk_file.status_end, name="status-end"),
]
