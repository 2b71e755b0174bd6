from django.urls import URLPattern, URLResolver, path

from rebond.ledger.web.views import books, own, rules

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
    path("mon-argent/", own.own_account, name="own-account"),
]
