from django.urls import URLPattern, URLResolver, path

from rebond.network.web.views import attribute, home, membership, organisation, site

app_name = "network"
ONE = "organisations/<slug:public_id>/"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("organisation/choix/", home.organisation_switch, name="organisation-switch"),
    path("droits/", home.rights, name="rights"),
    path("organisation/", organisation.my_organisation, name="my-organisation"),
    path("membres/", membership.my_members, name="my-members"),
    path("organisations/", organisation.organisation_list, name="organisation-list"),
    path("organisations/nouvelle/", organisation.organisation_create, name="organisation-create"),
    path(ONE, organisation.organisation_detail, name="organisation-detail"),
    path(f"{ONE}modification/", organisation.organisation_change, name="organisation-change"),
    path(f"{ONE}profil/", organisation.profile_change, name="profile-change"),
    path(f"{ONE}qualites/ajout/", attribute.attribute_add, name="attribute-add"),
    path(f"{ONE}qualites/<int:pk>/fin/", attribute.attribute_end, name="attribute-end"),
    path(f"{ONE}qualites/<int:pk>/preuve/", attribute.attribute_prove, name="attribute-prove"),
    path(f"{ONE}qualites/<int:pk>/fichier/", attribute.attribute_file, name="attribute-file"),
    path(f"{ONE}qualites/<int:pk>/verification/", attribute.attribute_verify, name="attribute-verify"),
    path(f"{ONE}lieux/ajout/", site.site_add, name="site-add"),
    path(f"{ONE}lieux/<slug:site_id>/", site.site_change, name="site-change"),
    path(f"{ONE}lieux/<slug:site_id>/retrait/", site.site_remove, name="site-remove"),
    path(f"{ONE}fermetures/ajout/", site.closure_add, name="closure-add"),
    path(f"{ONE}fermetures/<int:pk>/retrait/", site.closure_remove, name="closure-remove"),
    path(f"{ONE}membres/", membership.member_list, name="member-list"),
    path(f"{ONE}membres/invitation/", membership.member_invite, name="member-invite"),
    path(f"{ONE}membres/<int:pk>/fin/", membership.member_end, name="member-end"),
    path(f"{ONE}invitations/<slug:invitation_id>/annulation/", membership.invitation_cancel, name="invitation-cancel"),
    path(f"{ONE}invitations/<slug:invitation_id>/renvoi/", membership.invitation_resend, name="invitation-resend"),
]
