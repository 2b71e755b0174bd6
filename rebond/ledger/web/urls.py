from django.urls import URLPattern, URLResolver, path

from rebond.ledger.web.views import books, invoices, own, payouts, rules, tax

app_name = "ledger"
urlpatterns: list[URLPattern | URLResolver] = [
    path("finances/", books.account_list, name="account-list"),
    path("finances/comptes/", books.operator_accounts, name="operator-accounts"),
    path("finances/comptes/<slug:public_id>/", books.account_detail, name="account-detail"),
    path("finances/ecritures/<int:number>/", books.entry_detail, name="entry-detail"),
    path("finances/ecritures/<int:number>/correction/", books.entry_reverse, name="entry-reverse"),
    path("finances/regles/", rules.rule_list, name="rule-list"),
    path("finances/regles/nouvelle/", rules.rule_set, name="rule-set"),
    path("finances/regles/<slug:public_id>/fin/", rules.rule_stop, name="rule-stop"),
    path("finances/comptes/<slug:public_id>/retenue/", payouts.account_hold, name="account-hold"),
    path("finances/comptes/<slug:public_id>/conditions/", payouts.account_terms, name="account-terms"),
    path("finances/versements/", payouts.payout_list, name="payout-list"),
    path("finances/versements/prochains/", payouts.due_list, name="due-list"),
    path("finances/versements/demande/", payouts.payouts_ask, name="payouts-ask"),
    path("finances/versements/<slug:payout_id>/accord/", payouts.payout_grant, name="payout-grant"),
    path("finances/versements/<slug:payout_id>/refus/", payouts.payout_refuse, name="payout-refuse"),
    path(
        "finances/comptes/<slug:public_id>/<int:year>/<int:month>/", books.account_statement, name="account-statement"
    ),
    path("finances/factures/", invoices.invoice_list_all, name="invoice-list-all"),
    path("factures/", invoices.invoice_list, name="invoice-list"),
    path("factures/mandat/", invoices.mandate, name="mandate"),
    path("factures/mandat/accord/", invoices.mandate_change, name="mandate-change"),
    path("factures/<slug:invoice_id>/", invoices.invoice_detail, name="invoice-detail"),
    path("factures/<slug:invoice_id>/pdf/", invoices.invoice_paper, name="invoice-paper"),
    path("factures/<slug:invoice_id>/contestation/", invoices.invoice_contest, name="invoice-contest"),
    path("factures/<slug:invoice_id>/reponse/", invoices.contest_answer, name="contest-answer"),
    path("mon-argent/<int:year>/<int:month>/", own.own_statement, name="own-statement"),
    path("mon-argent/", own.own_account, name="own-account"),
    path("finances/dac7/", tax.tax_home, name="tax-home"),
    path("finances/dac7/<int:year>/", tax.tax_year, name="tax-year"),
    path("finances/dac7/<int:year>/essai/", tax.tax_trial, name="tax-trial"),
    path("finances/dac7/<int:year>/declaration/", tax.tax_return_make, name="tax-return-make"),
    path("finances/dac7/fichiers/<slug:return_id>/", tax.tax_return_file, name="tax-return-file"),
    path("finances/dac7/donnees/<slug:file_id>/", tax.tax_file_detail, name="tax-file"),
    path("finances/dac7/lettres/<slug:line_id>/", tax.tax_letter, name="tax-letter"),
    path("mon-argent/impots/", tax.own_tax, name="own-tax"),
    path("mon-argent/impots/lettres/<slug:line_id>/", tax.own_tax_letter, name="own-tax-letter"),
]
