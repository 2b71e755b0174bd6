"""The books at the desk: for the treasurer all of them, for a seller its own account."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from rebond.ledger.actions.amounts import post_service
from rebond.ledger.actions.check import check_ledger
from rebond.ledger.actions.money_request import grant_money
from rebond.ledger.actions.night import check_at_night
from rebond.ledger.actions.payout import ask_payout, send_payout
from rebond.ledger.actions.refund import post_refund
from rebond.ledger.actions.sale import post_sale, set_payable
from rebond.ledger.models import Account, Balance, Entry, FeeRule, MoneyRequest, Payout, PayoutTerms
from rebond.ledger.queries import accounts as queries
from tests.factories.ledger import amount_event, refund_event, sale_event
from tests.factories.network import MembershipFactory, OrganisationFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
LIST = "/bureau/finances/"
OWN = "/bureau/mon-argent/"


@pytest.fixture
def sale(seller, agreement):
    return post_sale(sale=sale_event(seller, [2_000], key="so-a", shipping_cents=490))


@pytest.fixture
def account(sale):
    return Account.objects.get(kind="seller")


def test_the_month_and_what_is_owed(as_user, treasurer, sale, account):
    text = as_user(treasurer).get(LIST).text

    assert "Sur 24,90\u00a0€ payés, 22,10\u00a0€ reviennent aux vendeurs" in text
    assert "Les Ateliers du Confluent" in text
    assert "22,10\u00a0€ dus aux vendeurs" in text
    assert "la première vérification est à venir" in text
    check_at_night()
    assert "Tout tombe juste." in as_user(treasurer).get(LIST).text


def test_wrong_books_are_said_on_the_list_and_on_the_home(as_user, treasurer, sale):
    Balance.objects.update(cents=1)
    check_at_night()

    assert "Les comptes ne tombent pas juste." in as_user(treasurer).get(LIST).text
    assert "Ne versez rien" in as_user(treasurer).get("/bureau/").text


def test_balances_are_searched_and_filtered(as_user, treasurer, sale, seller, operator):
    other = OrganisationFactory(name="La Malle aux livres", slug="malle", admitted=True)
    post_service(event=amount_event(700, owner=other))
    client = as_user(treasurer)

    assert "La Malle aux livres" not in client.get(f"{LIST}?q=ateliers").text
    assert "Les Ateliers du Confluent" not in client.get(f"{LIST}?etat=owing").text
    assert "Des vendeurs doivent 7,00\u00a0€" in client.get(LIST).text
    part = client.get(f"{LIST}?etat=owing", headers={"HX-Request": "true"}).text
    assert 'id="results"' in part
    assert "<html" not in part


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_any_number(as_user, treasurer, operator, number, django_assert_num_queries):
    for n in range(number):
        post_sale(sale=sale_event(OrganisationFactory(admitted=True, name=f"S{n}"), [1_000 + n]))
    client = as_user(treasurer)
    client.get(LIST)
    with django_assert_num_queries(12):
        client.get(LIST)


def test_pages_of_balances_follow_one_another(operator, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 2)
    for n, cents in enumerate([500, 900, 500, 700, 100]):
        post_sale(sale=sale_event(OrganisationFactory(admitted=True, name=f"S{n}"), [cents]))
    rows, key, seen = queries.balances_of(operator), "", []
    while True:
        found, key = queries.page_after(rows, key)
        seen += [balance.owed_cents for balance in found]
        if not key:
            break
    assert seen == [900, 700, 500, 500, 100]
    assert queries.page_after(rows, "x.y")[0] == list(rows[:2])


def test_a_statement_has_the_balance_after_each_line(account, sale, monkeypatch):
    post_refund(refund=refund_event("so-a", {"l0": 1_000}))
    rows = queries.postings_of(account)
    whole, _key = queries.statement_page(account, rows, None)
    monkeypatch.setattr(queries, "PAGE", 2)
    paged, key = queries.statement_page(account, rows, None)
    while key:
        more, key = queries.statement_page(account, rows, key)
        paged += more

    assert [line.balance_cents for line in paged] == [line.balance_cents for line in whole]
    assert whole[0].balance_cents == Balance.objects.get(account=account).owed_cents == 1_350
    assert whole[-1].balance_cents == whole[-1].cents
    assert sum(line.cents for line in whole) == 1_350


def test_a_statement_between_two_days_keeps_true_balances(account, seller):
    first = datetime.datetime(2026, 3, 5, 12, tzinfo=datetime.UTC)
    for n in range(3):
        post_sale(sale=sale_event(seller, [100]), now=first + datetime.timedelta(days=n))
    day = datetime.date(2026, 3, 6)

    lines, _key = queries.statement_page(account, queries.postings_of(account, since=day, until=day), None)

    assert lines[0].balance_cents - lines[-1].balance_cents + lines[-1].cents == sum(line.cents for line in lines)
    assert {line.posting.on for line in lines} == {day}


def test_the_treasurer_reads_an_account_and_its_entries(as_user, treasurer, account, sale):
    client = as_user(treasurer)
    statement = client.get(reverse("ledger:account-detail", args=[account.public_id]))
    assert "Dû aujourd’hui\u00a0: 22,10\u00a0€" in statement.text
    assert "Prix des objets, Vente SO-A" in statement.text
    entry = client.get(reverse("ledger:entry-detail", args=[sale.entry.pk])).text
    for words in ("Conditions de l’accord", "12\u00a0%", "2,40\u00a0€", "0,40\u00a0€", "Annuler cette écriture"):
        assert words in entry
    accounts = client.get("/bureau/finances/comptes/").text
    assert "Détenu par le prestataire de paiement" in accounts
    assert "Dû au vendeur" not in accounts


def test_an_entry_is_undone_with_a_reason(as_user, treasurer, sale):
    client, url = as_user(treasurer), reverse("ledger:entry-reverse", args=[sale.entry.pk])
    refused = client.post(url, {"reason": " "})
    assert (refused.status_code, Entry.objects.count()) == (422, 1)

    done = client.post(url, {"reason": "Une vente d’essai."})

    made = Entry.objects.get(reverses=sale.entry)
    assert done.url == reverse("ledger:entry-detail", args=[made.pk])
    assert "Une vente d’essai." in client.get(done.url).text
    before = client.get(reverse("ledger:entry-detail", args=[sale.entry.pk])).text
    assert "Annulée par une autre écriture" in before
    assert "Annuler cette écriture" not in before
    assert client.post(url, {"reason": "Encore"}).status_code == 422
    assert client.get(url).status_code == 405
    assert check_ledger().is_right


def test_a_seller_reads_its_own_account_only(as_user, owner, reader, colleague, stranger, account, sale):
    for user in (owner, reader, colleague):
        text = as_user(user).get(OWN).text
        assert "22,10\u00a0€ pour vous" in text
        assert "Commission, Vente SO-A" in text
        assert "/bureau/finances/" not in text
    assert "Aucune vente pour l’instant" in as_user(stranger).get(OWN).text
    for user in (owner, stranger):
        assert as_user(user).get(reverse("ledger:account-detail", args=[account.public_id])).status_code == 403


def test_a_treasurer_of_another_operator_sees_nothing(as_user, account, sale):
    other = OrganisationFactory(kind="operator", name="Un autre", slug="autre")
    user = MembershipFactory(organisation=other, role="finance").user
    client = as_user(user)

    assert "Les Ateliers du Confluent" not in client.get(LIST).text
    assert client.get(reverse("ledger:account-detail", args=[account.public_id])).status_code == 404
    assert client.get(reverse("ledger:entry-detail", args=[sale.entry.pk])).status_code == 404
    assert client.post(reverse("ledger:entry-reverse", args=[sale.entry.pk]), {"reason": "x"}).status_code == 404
    assert Entry.objects.count() == 1


def test_a_seller_that_owes_is_told_so(as_user, owner, seller, agreement):
    post_service(event=amount_event(700, owner=seller, reason="Abonnement de mars"))

    text = as_user(owner).get(OWN).text

    assert "−7,00\u00a0€ pour vous" in text
    assert "Vous n’avez rien à payer" in text
    assert "Abonnement de mars" in text


def test_a_seller_of_two_platforms_chooses(as_user, owner, seller, sale):
    other = OrganisationFactory(kind="operator", name="Plateforme 47", slug="p47")
    post_sale(sale=sale_event(seller, [5_000], operator=other))
    client = as_user(owner)

    assert "50,00\u00a0€ pour vous" in client.get(f"{OWN}?chez={other.public_id}").text
    assert "Plateforme 47" in client.get(OWN).text


def test_a_rule_is_set_and_stopped(as_user, treasurer, coordinator, operator, categories):
    client, today = as_user(treasurer), timezone.localdate()
    form = {
        "name": "Frais de carte",
        "part": "payment",
        "base": "all",
        "rate_bp": "1,4",
        "fixed_cents": "0,25",
        "vat_bp": "0",
        "priority": "100",
        "valid_from": today.isoformat(),
        "category": categories["chairs"].parent.parent_id or categories["chairs"].parent_id,
    }
    assert client.get("/bureau/finances/regles/nouvelle/").status_code == 200
    wrong = client.post("/bureau/finances/regles/nouvelle/", form | {"max_cents": "1", "min_cents": "2"})
    assert (wrong.status_code, FeeRule.objects.count()) == (422, 0)

    assert client.post("/bureau/finances/regles/nouvelle/", form).status_code == 302

    grant_money(request=MoneyRequest.objects.get(), by=coordinator)
    made = FeeRule.objects.get()
    assert (made.rate_bp, made.fixed_cents, made.is_refunded, made.category) == (
        140,
        25,
        False,
        categories["chairs"].path.split("/")[0],
    )
    text = client.get("/bureau/finances/regles/").text
    assert "1,4\u00a0% + 0,25\u00a0€" in text
    assert as_user(coordinator).get("/bureau/finances/regles/").status_code == 200
    stop = f"/bureau/finances/regles/{made.public_id}/fin/"
    assert as_user(coordinator).post(stop).status_code == 403
    client.post(stop)
    client.post(stop)
    grant_money(request=MoneyRequest.objects.get(state="asked"), by=coordinator)
    made.refresh_from_db()
    assert made.valid_to == today


# --- payouts


@pytest.fixture
def chief(operator):
    return MembershipFactory(organisation=operator, role="coordinator", user__name="Chloé Chef").user


@pytest.fixture
def ready(payable, sale, settings):
    settings.PAYOUT_PROVIDER = "test"
    set_payable(sale_key="so-a", on=datetime.date(2020, 1, 1))
    return Account.objects.get(kind="seller")


def test_one_prepares_another_grants(as_user, treasurer, chief, owner, ready):
    client = as_user(treasurer)
    assert "1 vendeur est prêt, 22,10\u00a0€." in client.get("/bureau/finances/versements/").text
    assert "Prêt" in client.get("/bureau/finances/versements/prochains/").text
    assert "22,10\u00a0€ peuvent être versés" in as_user(owner).get(OWN).text

    client.post("/bureau/finances/versements/demande/")

    payout = Payout.objects.get()
    grant = f"/bureau/finances/versements/{payout.public_id}/accord/"
    assert "Une autre personne l’accorde" in client.get("/bureau/finances/versements/").text
    client.post(grant)
    assert Payout.objects.get().state == "asked"
    assert "1 versement attend un accord" in as_user(chief).get("/bureau/").text
    as_user(chief).post(grant)
    send_payout(payout=Payout.objects.get())
    assert "Versé" in as_user(owner).get(OWN).text
    assert "0,00\u00a0€ pour vous" in as_user(owner).get(OWN).text


def test_a_payout_is_refused_with_a_reason(as_user, treasurer, chief, ready):
    payout = ask_payout(account=ready, by=treasurer)
    url = f"/bureau/finances/versements/{payout.public_id}/refus/"
    client = as_user(chief)
    assert "L’argent reste dû" in client.get(url).text
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "Pas ce mois-ci"}).status_code == 302
    assert "Pas ce mois-ci" in client.get("/bureau/finances/versements/?etat=refused").text
    assert client.post(url, {"reason": "Encore"}).status_code == 422


def test_a_seller_is_held_and_released(as_user, treasurer, chief, owner, ready):
    client, url = as_user(treasurer), reverse("ledger:account-hold", args=[ready.public_id])
    assert client.get(url).status_code == 200
    assert client.post(url, {"reason": ""}).status_code == 422
    client.post(url, {"reason": "Le compte est fermé."})
    assert "Le compte est fermé." in as_user(owner).get(OWN).text
    assert "1 est retenu" in client.get("/bureau/finances/versements/").text
    assert client.post(url, {"reason": "Deux fois"}).status_code == 422
    assert as_user(chief).post(url, {"release": "1"}).status_code == 403
    client.post(url, {"release": "1"})
    assert "Les versements sont retenus" not in as_user(owner).get(OWN).text


def test_terms_are_set_by_agreement(as_user, treasurer, ready):
    client, url = as_user(treasurer), reverse("ledger:account-terms", args=[ready.public_id])
    assert 'value="1"' in client.get(url).text
    assert client.post(url, {"days": "0, 31", "extra_days": "0"}).status_code == 422
    assert client.post(url, {"days": "15; 1", "extra_days": "7", "min_cents": "25"}).status_code == 302
    terms = PayoutTerms.objects.get()
    assert (terms.days, terms.extra_days, terms.min_cents) == ([1, 15], 7, 2_500)


def test_nothing_is_prepared_without_a_provider(as_user, treasurer, ready, settings):
    settings.PAYOUT_PROVIDER = "none"
    client = as_user(treasurer)
    text = client.get("/bureau/finances/versements/").text
    assert "Aucun prestataire" in text
    assert "/demande/" not in text
    client.post("/bureau/finances/versements/demande/")
    assert not Payout.objects.exists()
