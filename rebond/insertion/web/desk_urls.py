"""People's paths, at the desk of their employer."""

from django.urls import path

from rebond.insertion.web.views import contract_list, contracts, exit_lists, exits, news, passes, reasons

app_name = "insertion-desk"
ONE = "<slug:person_id>/contrats/<slug:contract_id>/"
urlpatterns = [
    path("contrats/", contract_list.contract_list, name="contract-list"),
    path("<slug:person_id>/contrats/", contracts.contracts, name="contracts"),
    path("<slug:person_id>/contrats/nouveau/", contracts.contract_new, name="contract-new"),
    path(ONE, contracts.contract_detail, name="contract"),
    path(f"{ONE}renouvellement/", contracts.contract_renew, name="contract-renew"),
    path(f"{ONE}avenant/", contracts.contract_amend, name="contract-amend"),
    path(f"{ONE}suspension/", contracts.contract_pause, name="contract-pause"),
    path(f"{ONE}reprise/<slug:pause_id>/", contracts.contract_resume, name="contract-resume"),
    path(f"{ONE}document/<slug:terms_id>/", contracts.contract_paper, name="contract-paper"),
    path(f"{ONE}fin/", contracts.contract_end, name="contract-end"),
    path("sorties/", exit_lists.exit_list, name="exit-list"),
    path("sorties/nouvelles/", news.news_list, name="news-list"),
    path("sorties/chiffres/", exit_lists.exit_figures, name="exit-figures"),
    path("sorties/motifs/", reasons.reason_list, name="reason-list"),
    path("sorties/motifs/nouveau/", reasons.reason_add, name="reason-add"),
    path("sorties/motifs/<slug:reason_id>/", reasons.reason_change, name="reason-change"),
    path("<slug:person_id>/sortie/", exits.exit_detail, name="exit"),
    path("<slug:person_id>/sortie/statut/<slug:status_id>/", exits.exit_record, name="exit-record"),
    path("<slug:person_id>/sortie/<slug:exit_id>/correction/", exits.exit_correct, name="exit-correct"),
    path("<slug:person_id>/sortie/<slug:exit_id>/annulation/", exits.exit_cancel, name="exit-cancel"),
    path("<slug:person_id>/nouvelles/<slug:news_id>/", news.news_detail, name="news"),
    path("<slug:person_id>/nouvelles/<slug:news_id>/lien/", news.news_link, name="news-link"),
    path("<slug:person_id>/nouvelles/<slug:news_id>/preuve/<slug:proof_id>/", news.news_proof, name="news-proof"),
    path("<slug:person_id>/pass/", passes.pass_detail, name="pass"),
    path("<slug:person_id>/pass/saisie/", passes.pass_enter, name="pass-enter"),
    path("<slug:person_id>/pass/suspension/", passes.pass_suspend, name="pass-suspend"),
    path("<slug:person_id>/pass/prolongation/", passes.pass_prolong, name="pass-prolong"),
    path("<slug:person_id>/pass/reprise/<slug:suspension_id>/", passes.pass_lift, name="pass-lift"),
]
