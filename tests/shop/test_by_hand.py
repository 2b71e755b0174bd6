"""Orders that are paid later: by transfer, read from statements or noted by people, and at the seller's counter."""

import datetime
import json
import uuid

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.template.defaultfilters import date
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from rebond.catalogue.models import Item
from rebond.journal.models import OutgoingMail
from rebond.ledger.actions.check import check_ledger
from rebond.ledger.actions.money_request import grant_money
from rebond.ledger.bank_files import UnreadableError, read_statement
from rebond.ledger.enums import AccountKind
from rebond.ledger.models import MoneyRequest, Posting, Sale
from rebond.ledger.queries.payouts import dues_of
from rebond.shop.actions import bank, basket, by_hand
from rebond.shop.actions.basket import remove_line, take_item, times
from rebond.shop.actions.basket_ends import sweep_ended
from rebond.shop.actions.by_hand import (
    give_up,
    note_given_back,
    pay_later,
    set_pay_option,
    take_at_collection,
)
from rebond.shop.actions.by_hand_mail import write_pay_later_mail
from rebond.shop.actions.invoices import ask_invoices
from rebond.shop.actions.later import save_for_later
from rebond.shop.actions.order import Agreed, Way, place_order
from rebond.shop.actions.part import lapse_orders
from rebond.shop.actions.provider import make_refund
from rebond.shop.actions.refund import ask_refund
from rebond.shop.actions.retention import forget_old_traces
from rebond.shop.actions.trial import charge_card
from rebond.shop.actions.trial_bank import arrive
from rebond.shop.enums import TrialCard
from rebond.shop.errors import (
    AddressHoldsTooMuchError,
    BankLineStateError,
    CashLimitError,
    HeldLongEnoughError,
    ItemTakenError,
    OrderChangedError,
    PartStateError,
    SamePersonError,
    TooManyUnpaidError,
)
from rebond.shop.models import (
    BankLine,
    BasketLine,
    Order,
    OrderLine,
    Payment,
    Reconciliation,
    Refund,
    SellerOrder,
    Statement,
)
from rebond.shop.queries.by_hand import reference_of, to_collect, transfers_awaited, ways_for
from rebond.shop.queries.by_hand_day import by_hand_that_day
from rebond.shop.queries.cards import item_url
from rebond.shop.queries.keeper import COOKIE, Keeper, signed
from rebond.shop.queries.orders import order_path
from tests.factories.catalogue import ItemFactory
from tests.factories.network import MembershipFactory, OrganisationFactory, SiteFactory
from tests.factories.shop import CONTACT

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
SAME = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(autouse=True)
def ways(settings):
    settings.PAYMENT_PROVIDER = "test"
    settings.TRANSFER_IBAN, settings.TRANSFER_HOLDER = "FR7630006000011234567890189", "Rebond"


@pytest.fixture
def treasurer(operator):
    return MembershipFactory(organisation=operator, role="finance", user__name="Tina Trésor").user


@pytest.fixture
def chief(operator):
    return MembershipFactory(organisation=operator, role="coordinator", user__name="Chloé Chef").user


@pytest.fixture
def buyer(db):
    town = OrganisationFactory(name="Ville de Marmande", kind="community", siren="214701575")
    SiteFactory(organisation=town, address="1 place Clemenceau", postal_code="47200", city="Marmande")
    return MembershipFactory(organisation=town, role="manager", user__name="Ada Achat").user


@pytest.fixture
def town(buyer):
    return buyer.memberships.get().organisation


def placed(buyer, *items, mode="pickup", now=None):
    keeper, now = Keeper(user=buyer), now or timezone.now()
    for item in items:
        take_item(keeper=keeper, item=item, n=1, now=now)
    ways = {item.pk: Way(1, mode, 0) for item in items}
    agreed = Agreed(ways, sum(item.price_cents for item in items), CONTACT)
    payment = place_order(
        keeper=keeper, email="a@example.org", operation=uuid.uuid4(), provider="test", agreed=agreed, now=now
    )
    return payment.order


@pytest.fixture
def desk_item(seller, operator, index):
    return ItemFactory(seller=seller, on_sale=True, title="Bureau", price_cents=12_000)


@pytest.fixture
def transfer(buyer, town, desk_item):
    order = placed(buyer, desk_item)
    return pay_later(order=order, provider="transfer", by=buyer, organisation=town)


@pytest.fixture
def counter(buyer, town, desk_item, seller, owner):
    set_pay_option(organisation=seller, at_collection="pros", by=owner)
    order = placed(buyer, desk_item)
    return pay_later(order=order, provider="collection", by=buyer, organisation=town)


def later(days=0, minutes=0):
    return timezone.now() + datetime.timedelta(days=days, minutes=minutes)


def statement(*rows):
    lines = ["Date;Montant;Libellé;Émetteur", *(f"{on};{amount};{text};{payer}" for on, amount, text, payer in rows)]
    return "\n".join(lines).encode()


def read(*rows, by):
    return bank.read_file(name="releve.csv", content=statement(*rows), by=by)


def state(payment):
    payment.refresh_from_db()
    order = Order.objects.get(pk=payment.order_id)
    return payment.state, order.state, SellerOrder.objects.get(order=order).state


def held(kind=AccountKind.PROVIDER):
    return sum(Posting.objects.filter(account__kind=kind).values_list("cents", flat=True))


def right():
    report = check_ledger()
    assert report.is_right, report.told


# --- what is kept, and until when


def test_the_objects_wait_with_the_order_and_not_for_the_basket_s_hour(transfer, desk_item, buyer):
    order = Order.objects.get()
    assert order.pay_by > later(9)
    assert order.organisation.name == "Ville de Marmande"
    line = BasketLine.objects.get()
    assert (line.ends_at, line.limit_at, line.basket_id) == (order.pay_by, order.pay_by, order.basket_id)
    assert not Keeper(user=buyer).lines().exists()
    assert sweep_ended(now=later(minutes=60)) == 0
    assert lapse_orders(now=later(2)) == 0
    with pytest.raises(ItemTakenError):
        take_item(keeper=Keeper(visitor="other"), item=desk_item, now=later(5))


def test_after_the_day_the_order_is_over_and_the_objects_are_free_by_themselves(transfer, desk_item):
    take_item(keeper=Keeper(visitor="other"), item=desk_item, now=later(12))
    assert lapse_orders(now=later(12)) == 1
    assert lapse_orders(now=later(12)) == 0
    assert state(transfer) == ("started", "lapsed", "lapsed")


def test_others_are_told_the_day_until_which_an_order_keeps_it(transfer, desk_item, client):
    """An hour alone would be today's."""
    path = item_url(desk_item.slug, desk_item.code)
    with translation.override("fr"):
        day = date(timezone.localtime(Order.objects.get().pay_by), "j N Y")
    aside = Keeper(visitor="other")
    save_for_later(keeper=aside, item=desk_item)
    later_client = Client()
    later_client.cookies[COOKIE] = signed("other")

    for page in (client.get(path), client.get(f"/panier/?manque={desk_item.code}"), later_client.get("/panier/")):
        text = BeautifulSoup(page.content, "html.parser").main.get_text(" ", strip=True)
        assert f"Une commande le garde. Elle attend son paiement jusqu’au {day}" in text
        assert "dans le panier de quelqu’un" not in text
        assert "23\u00a0h\u00a059" not in text


def test_after_it_others_come_first_whether_it_was_given_up_or_ran_out(transfer, buyer, desk_item):
    """The days that an order kept are used: its buyer begins no new time at once, even before a job ended the order."""
    order, me = Order.objects.get(), Keeper(user=buyer)
    over = order.pay_by + datetime.timedelta(seconds=1)
    with pytest.raises(HeldLongEnoughError) as refused:
        take_item(keeper=me, item=desk_item, now=over)
    assert refused.value.free_at == order.pay_by + times().rest

    now = later(minutes=5)
    give_up(order=order, by=buyer, reason="", now=now)

    with pytest.raises(HeldLongEnoughError):
        take_item(keeper=me, item=desk_item, now=now)
    assert take_item(keeper=Keeper(visitor="other"), item=desk_item, now=now).state == "held"
    remove_line(keeper=Keeper(visitor="other"), item=desk_item, now=now)
    assert take_item(keeper=me, item=desk_item, now=now + times().rest).state == "held"


def test_a_guest_s_order_counts_for_who_chose_to_pay_it_later(buyer, desk_item, seller, monkeypatch):
    monkeypatch.setattr(by_hand, "UNPAID_AT_ONCE", 1)
    guests = []
    for item in (desk_item, ItemFactory(seller=seller, on_sale=True)):
        keeper = Keeper(visitor=f"guest{item.pk}")
        take_item(keeper=keeper, item=item)
        made = place_order(keeper=keeper, email="a@example.org", operation=uuid.uuid4(), provider="test")
        guests.append(made.order)

    pay_later(order=guests[0], provider="collection", by=buyer, organisation=None)

    assert Order.objects.get(pk=guests[0].pk).user == buyer
    with pytest.raises(TooManyUnpaidError):
        pay_later(order=guests[1], provider="collection", by=buyer, organisation=None)
    assert Order.objects.get(pk=guests[1].pk).user is None


def test_asked_twice_it_is_once_and_never_after_the_hour(buyer, town, desk_item, transfer):
    order = Order.objects.get()
    assert pay_later(order=order, provider="transfer", by=buyer, organisation=town) == transfer
    with pytest.raises(OrderChangedError):
        pay_later(order=order, provider="collection", by=buyer, organisation=town)


def test_objects_that_the_basket_no_longer_keeps_are_not_kept_later(buyer, town, desk_item):
    order = placed(buyer, desk_item)
    with pytest.raises(OrderChangedError):
        pay_later(order=order, provider="transfer", by=buyer, organisation=town, now=later(minutes=40))
    assert Order.objects.get().pay_by is None


def test_a_part_of_what_a_basket_keeps_leaves_the_rest_there(buyer, town, seller, operator, index):
    screws = ItemFactory(seller=seller, on_sale=True, price_cents=100, quantity=5)
    take_item(keeper=Keeper(user=buyer), item=screws, n=2)
    order = placed(buyer, screws)  # an order of one
    take_item(keeper=Keeper(user=buyer), item=screws, n=3)
    pay_later(order=order, provider="transfer", by=buyer, organisation=town)
    kept = sorted(BasketLine.objects.filter(state="held").values_list("quantity", flat=True))
    assert kept == [1, 2]
    assert Item.objects.get(pk=screws.pk).reserved == 3


def test_nobody_keeps_a_shop_by_orders_that_are_never_paid(buyer, town, seller, operator, index):
    for _n in range(5):
        order = placed(buyer, ItemFactory(seller=seller, on_sale=True, price_cents=1_000))
        pay_later(order=order, provider="transfer", by=buyer, organisation=town)
    order = placed(buyer, ItemFactory(seller=seller, on_sale=True, price_cents=1_000))
    with pytest.raises(TooManyUnpaidError):
        pay_later(order=order, provider="transfer", by=buyer, organisation=town)


def test_what_orders_keep_counts_for_the_address_as_long_as_it_is_kept(buyer, town, desk_item, seller, monkeypatch):
    """Several accounts of one household would else keep five orders each for a week."""
    monkeypatch.setattr(basket, "ADDRESS_LIMIT", 1)
    order = placed(buyer, desk_item)
    BasketLine.objects.update(address="here")
    pay_later(order=order, provider="transfer", by=buyer, organisation=town)
    other, keeper = ItemFactory(seller=seller, on_sale=True), Keeper(visitor="somebody-else")
    for day in (0, 2):  # an address in a basket is forgotten after a day
        forget_old_traces(now=later(days=day))
        with pytest.raises(AddressHoldsTooMuchError):
            take_item(keeper=keeper, item=other, address="here", now=later(days=day))
    give_up(order=order, by=buyer, reason="x")
    assert take_item(keeper=keeper, item=other, address="here", now=later(days=2)).state == "held"
    forget_old_traces(now=later(days=2))
    assert not BasketLine.objects.filter(address="here", item=desk_item).exists()


def test_given_up_the_objects_are_free_at_once(transfer, desk_item, buyer):
    give_up(order=Order.objects.get(), by=buyer, reason="x")
    with pytest.raises(OrderChangedError):
        give_up(order=Order.objects.get(), by=buyer, reason="x")
    take_item(keeper=Keeper(visitor="other"), item=desk_item)


def test_a_card_may_still_pay_and_the_transfer_goes_back(transfer, treasurer):
    card = Payment.objects.get(provider="test")
    charge_card(payment=card, card=TrialCard.ACCEPTED)
    assert Order.objects.get().state == "paid"
    arrive(payment=transfer, how="whole")
    refund = Refund.objects.get()
    assert (refund.reason, refund.payment, refund.state) == ("twice", transfer, "asked")
    assert make_refund(refund_id=refund.pk) == "asked"  # people give it back
    assert [note_given_back(refund=refund, by=treasurer).state for _n in range(2)] == ["made", "made"]
    right()


def test_the_mail_says_where_how_much_and_until_when(transfer):
    write_pay_later_mail(payment_id=transfer.pk)
    write_pay_later_mail(payment_id=transfer.pk)
    mail = OutgoingMail.objects.get(kind="shop.pay_later")
    assert reference_of(transfer) in mail.text
    assert "FR7630006000011234567890189" in mail.text
    assert "120,00" in mail.text


# --- statements


def test_a_line_that_says_the_reference_and_the_amount_is_counted_alone(transfer, treasurer):
    rows = [("26/11/2026", "120,00", reference_of(transfer), "VILLE"), ("26/11/2026", "-4,00", "FRAIS", "")]
    made = read(*rows, by=treasurer)
    assert (made.lines_new, made.lines_used) == (1, 1)
    assert state(transfer) == ("paid", "paid", "to_prepare")
    assert (held(), held(AccountKind.BUYER)) == (12_000, 0)
    assert read(*rows, by=treasurer) == made
    again = bank.read_file(name="x.csv", content=statement(*rows) + b"\n", by=treasurer)
    assert (again.lines_new, again.lines_known, again.lines_used) == (0, 1, 0)
    assert (held(), Statement.objects.count(), BankLine.objects.count()) == (12_000, 2, 1)
    assert Sale.objects.get().kind == "professional"
    right()


@pytest.mark.parametrize("words", ["rb {0}", "VIR SEPA RB{0} /FAC", "R B {0}", "RB-{0}."])
def test_a_reference_is_found_however_the_bank_cuts_it(transfer, words):
    assert bank.payment_in(words.format(" ".join(transfer.public_id))) == transfer
    assert bank.payment_in("RB 0000 1111 2222") is None


@pytest.mark.parametrize(
    ("amount", "text"), [("119,00", None), ("121,00", None), ("120,00", "MERCI"), ("120,00", "RB ABCD EFGH JKMN")]
)
def test_what_does_not_match_is_left_to_a_person(transfer, treasurer, amount, text):
    made = read(("26/11/2026", amount, text or reference_of(transfer), "VILLE"), by=treasurer)
    assert made.lines_used == 0
    assert BankLine.objects.get().state == "open"
    assert state(transfer) == ("started", "placed", "placed")
    right()


def test_less_waits_for_the_rest_as_owed_to_its_sender(transfer, treasurer, chief):
    read(("26/11/2026", "100,00", reference_of(transfer), "VILLE"), by=treasurer)
    line = BankLine.objects.get()
    bank.ask_use(line=line, payment=transfer, by=treasurer)
    with pytest.raises(SamePersonError):
        bank.grant_use(line=line, by=treasurer)
    bank.grant_use(line=line, by=chief)
    with pytest.raises(BankLineStateError):
        bank.grant_use(line=line, by=chief)
    assert state(transfer) == ("started", "placed", "placed")
    assert (held(), held(AccountKind.BUYER)) == (10_000, -10_000)
    assert transfers_awaited() == [(transfer, reference_of(transfer), 10_000)]
    right()
    read(("27/11/2026", "20,00", reference_of(transfer), "VILLE"), by=treasurer)
    rest = BankLine.objects.get(cents=2_000)
    bank.grant_use(line=bank.ask_use(line=rest, payment=transfer, by=treasurer), by=chief)
    assert state(transfer) == ("paid", "paid", "to_prepare")
    assert (held(), held(AccountKind.BUYER)) == (12_000, 0)
    right()


def test_more_pays_and_the_rest_goes_back(transfer, treasurer, chief):
    arrive(payment=transfer, how="long")
    line = BankLine.objects.get()
    bank.grant_use(line=bank.ask_use(line=line, payment=transfer, by=treasurer), by=chief)
    assert state(transfer)[1] == "paid"
    line.refresh_from_db()
    assert (line.owed_cents, held(), held(AccountKind.BUYER)) == (1_000, 13_000, -1_000)
    right()
    bank.note_returned(line=line, on=timezone.localdate(), by=chief)
    with pytest.raises(BankLineStateError):
        bank.note_returned(line=line, on=timezone.localdate(), by=chief)
    assert (held(), held(AccountKind.BUYER)) == (12_000, 0)
    right()


def test_late_it_takes_what_is_free_and_else_goes_back(transfer, desk_item, treasurer, seller):
    take_item(keeper=Keeper(visitor="other"), item=desk_item, now=later(12))
    lapse_orders(now=later(12))
    arrive(payment=transfer, how="whole")
    assert state(transfer) == ("paid", "paid", "dropped")
    refund = Refund.objects.get()
    assert (refund.reason, refund.amount_cents, refund.state) == ("taken", 12_000, "asked")
    right()


def test_late_and_still_free_it_is_bought(transfer, treasurer):
    lapse_orders(now=later(12))
    arrive(payment=transfer, how="whole")
    assert state(transfer) == ("paid", "paid", "to_prepare")
    right()


def test_a_second_transfer_for_a_paid_order_goes_back(transfer, treasurer, chief):
    arrive(payment=transfer, how="whole")
    arrive(payment=transfer, how="whole")
    line = BankLine.objects.latest("pk")
    assert line.state == "open"
    bank.grant_use(line=bank.ask_use(line=line, payment=transfer, by=treasurer), by=chief)
    line.refresh_from_db()
    assert line.owed_cents == 12_000
    right()


def test_a_person_notes_it_and_another_agrees(transfer, treasurer, chief):
    operation, on = uuid.uuid4(), timezone.localdate()
    kept = [
        bank.note_receipt(payment=transfer, on=on, cents=12_000, by=treasurer, operation=operation) for _n in range(2)
    ]
    assert kept[0] == kept[1]
    assert state(transfer)[0] == "started"
    bank.refuse_use(line=kept[0], by=chief)
    bank.ignore_line(line=kept[0], by=chief, note="rien vu")
    assert state(transfer)[0] == "started"
    other = bank.note_receipt(payment=transfer, on=on, cents=12_000, by=treasurer, operation=uuid.uuid4())
    with pytest.raises(SamePersonError):
        bank.grant_use(line=other, by=treasurer)
    bank.grant_use(line=other, by=chief)
    assert state(transfer)[0] == "paid"
    right()


def test_a_process_that_died_after_keeping_counts_when_the_file_is_read_again(transfer, treasurer, monkeypatch):
    row = ("26/11/2026", "120,00", reference_of(transfer), "VILLE")
    with monkeypatch.context() as patch:
        patch.setattr(bank, "_count_alone", lambda *args: False)
        read(row, by=treasurer)
    assert state(transfer)[0] == "started"
    assert read(row, by=treasurer).lines_used == 1
    assert state(transfer)[0] == "paid"


def test_a_refund_of_a_transfer_is_made_by_a_person(transfer, treasurer, owner):
    arrive(payment=transfer, how="whole")
    line = OrderLine.objects.get()
    refund = ask_refund(part=line.part, lines={line.pk: 2_000}, reason="gesture", by=owner, operation=uuid.uuid4())
    assert make_refund(refund_id=refund.pk) == "asked"
    note_given_back(refund=refund, by=treasurer)
    right()


CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt><Stmt>
<Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id></Acct>
<Ntry><Amt Ccy="EUR">120.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>{status}</Sts><BookgDt><Dt>2026-11-26</Dt></BookgDt>
<AcctSvcrRef>A1</AcctSvcrRef><NtryDtls><TxDtls><RltdPties><Dbtr>{payer}</Dbtr></RltdPties>
<RmtInf><Ustrd>RB AB</Ustrd><Ustrd>CD EFGH JKMN</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">9.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>{status}</Sts><BookgDt><Dt>2026-11-26</Dt></BookgDt></Ntry>
<Ntry><Amt Ccy="EUR">30.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>{status}</Sts><BookgDt><Dt>2026-11-26</Dt></BookgDt>
<AcctSvcrRef>A2</AcctSvcrRef><NtryDtls>
<TxDtls><Amt Ccy="EUR">10.00</Amt><Refs><EndToEndId>E1</EndToEndId></Refs></TxDtls>
<TxDtls><Amt Ccy="EUR">20.00</Amt><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="USD">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>{status}</Sts><BookgDt><Dt>2026-11-26</Dt></BookgDt></Ntry>
</Stmt></BkToCstmrStmt></Document>"""


@pytest.mark.parametrize(
    ("version", "status", "payer"),
    [("02", "BOOK", "<Nm>VILLE</Nm>"), ("08", "<Cd>BOOK</Cd>", "<Pty><Nm>VILLE</Nm></Pty>")],
)
def test_camt_of_both_generations_is_read(version, status, payer):
    rows = read_statement(CAMT.format(version=version, status=status, payer=payer).encode())
    assert [(row.cents, row.payer) for row in rows] == [(12_000, "VILLE"), (1_000, ""), (2_000, "")]
    assert "RB AB CD EFGH JKMN" in rows[0].text
    assert len({row.key for row in rows}) == 3


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\x00\x01\x02", b"<a/>", b"<Document>", b"Date;Libelle\n1;2", b"Date;Montant;Libelle\nhier;12;x",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "Date;Montant;Libellé\n26/11/2026;abc;x".encode("latin-1"),
    ],
)  # fmt: skip
def test_a_file_that_is_something_else_is_refused_whole(content, treasurer):
    with pytest.raises(UnreadableError):
        bank.read_file(name="x", content=content, by=treasurer)
    assert not Statement.objects.exists()


def test_csv_of_banks_with_a_head_two_columns_and_old_letters():
    text = "Compte;123\n\nDate opération;Libellé;Débit euros;Crédit euros\n26/11/2026;VIR ÉCOLE;;1 234,56\n27/11/26;CB;12,00;\n"
    (row,) = read_statement(text.encode("latin-1"))
    assert (row.on, row.cents, row.text) == (datetime.date(2026, 11, 26), 123_456, "VIR ÉCOLE")


def test_two_equal_lines_of_one_file_are_two():
    one, two = read_statement(statement(("26/11/2026", "5,00", "x", "y"), ("26/11/2026", "5,00", "x", "y")))
    assert one.key != two.key


# --- the counter


def test_paid_at_the_counter_the_seller_has_the_money_and_owes_the_fees(counter, seller, owner, operator):
    part = SellerOrder.objects.get()
    assert [row[0] for row in to_collect(seller)] == [part]
    for _n in range(2):
        take_at_collection(part=part, means="card", by=owner)
    assert state(counter) == ("paid", "paid", "delivered")
    assert held() == 0  # the provider never had it
    sale = Sale.objects.get()
    fees = sum(fee.cents for line in sale.lines.all() for fee in line.fees.all())
    assert held(AccountKind.SELLER) == fees
    assert to_collect(seller) == []
    assert all(due.cents == 0 for due in dues_of(operator))
    right()


def test_a_refund_at_the_counter_is_the_seller_s_own(counter, seller, owner):
    take_at_collection(part=SellerOrder.objects.get(), means="cash", by=owner)
    line = OrderLine.objects.get()
    refund = ask_refund(part=line.part, lines={line.pk: 12_000}, reason="flawed", by=owner, operation=uuid.uuid4())
    assert make_refund(refund_id=refund.pk) == "asked"
    assert (held(), held(AccountKind.SELLER)) == (0, 0)
    note_given_back(refund=refund, by=owner)
    right()


def test_nobody_came_and_the_objects_are_free(counter, desk_item, owner):
    give_up(order=Order.objects.get(), by=owner, reason="Personne n’est venu")
    take_item(keeper=Keeper(visitor="other"), item=desk_item)
    with pytest.raises(OrderChangedError):
        take_at_collection(part=SellerOrder.objects.get(), means="card", by=owner)
    assert state(counter) == ("started", "lapsed", "lapsed")
    right()


def test_no_money_is_taken_for_what_is_no_longer_kept_nor_above_the_law(counter, owner, desk_item):
    part = SellerOrder.objects.get()
    Payment.objects.filter(pk=counter.pk).update(amount_cents=100_001)
    with pytest.raises(CashLimitError):
        take_at_collection(part=part, means="cash", by=owner)
    Payment.objects.filter(pk=counter.pk).update(amount_cents=12_000)
    with pytest.raises(PartStateError):
        take_at_collection(part=part, means="goat", by=owner)
    sweep_ended(now=later(9))
    with pytest.raises(OrderChangedError):
        take_at_collection(part=part, means="card", by=owner)
    right()


def test_who_may_use_them(buyer, town, seller, operator, index, owner, settings):
    person = MembershipFactory(user__name="Paul").user
    item = ItemFactory(seller=seller, on_sale=True, price_cents=1_000)
    order = placed(buyer, item)
    assert ways_for(order, buyer, town) == ["transfer"]
    assert ways_for(order, person, town) == []  # somebody else's order
    for option, expected in (("pros", ["transfer", "collection"]), ("all", ["transfer", "collection"])):
        set_pay_option(organisation=seller, at_collection=option, by=owner)
        assert ways_for(order, buyer, town) == expected
    assert ways_for(order, buyer, None) == ["collection"]
    set_pay_option(organisation=seller, at_collection="pros", by=owner)
    assert ways_for(order, buyer, None) == []
    settings.TRANSFER_IBAN = ""
    assert ways_for(order, buyer, town) == ["collection"]
    OrderLine.objects.update(delivery_mode="home")
    assert ways_for(order, buyer, town) == []


def test_the_invoice_is_the_organisation_s(transfer, treasurer):
    arrive(payment=transfer, how="whole")
    ask_invoices(order_id=transfer.order_id)
    billing = Sale.objects.get().billing
    buyer = billing.buyer
    assert billing.means == "transfer"
    assert (buyer["name"], buyer["siren"], buyer["city"]) == ("Ville de Marmande", "214701575", "Marmande")


@pytest.mark.parametrize(("means", "said"), [("cash", "cash"), ("card", "card"), ("other", "counter")])
def test_the_invoice_says_how_it_was_paid_at_the_counter(counter, owner, means, said):
    take_at_collection(part=SellerOrder.objects.get(), means=means, by=owner)
    ask_invoices(order_id=counter.order_id)
    assert Sale.objects.get().billing.means == said


# --- pages


@pytest.mark.page
def test_the_buyer_chooses_reads_and_gives_up(as_user, buyer, town, desk_item, seller, owner, client, stranger):
    order = placed(buyer, desk_item)
    page = as_user(buyer).get(order_path(order, "order-pay"))
    assert "Par virement" in page.text
    assert "Par virement" not in client.get(order_path(order, "order-pay")).text
    choose = order_path(order, "order-pay-by")
    assert client.post(choose, {"way": "transfer"}, headers=SAME).status_code == 404
    assert as_user(stranger).post(choose, {"way": "transfer"}, headers=SAME).status_code == 404
    assert as_user(buyer).post(choose, {"way": "transfer"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    as_user(buyer).post(choose, {"way": "transfer"}, headers=SAME)
    shown = client.get(order_path(order, "order-pay")).text
    assert reference_of(Payment.objects.get(provider="transfer")) in shown
    assert "gardés pour vous" in shown
    client.post(order_path(order, "order-arrive"), {"how": "short"}, headers=SAME)
    assert BankLine.objects.get().state == "open"
    client.post(order_path(order, "order-give-up"), headers=SAME)
    assert Order.objects.get().state == "lapsed"
    assert "Rien n’est dû" in client.get(order_path(order, "order-pay")).text


@pytest.mark.page
@pytest.mark.parametrize(("option", "is_the_town_s"), [("all", False), ("pros", True)])
def test_at_the_counter_one_buys_for_oneself_unless_it_is_for_organisations(
    as_user, buyer, town, desk_item, seller, owner, option, is_the_town_s
):
    """A counter that is open to everybody says nothing of an organisation: the order stays a person's."""
    set_pay_option(organisation=seller, at_collection=option, by=owner)
    order = placed(buyer, desk_item)
    as_user(buyer).post(order_path(order, "order-pay-by"), {"way": "collection"}, headers=SAME)
    order.refresh_from_db()
    assert order.pay_by is not None
    assert order.organisation == (town if is_the_town_s else None)


@pytest.mark.page
def test_the_trial_s_transfer_is_for_the_trial_only(transfer, client, settings):
    settings.PAYMENT_PROVIDER = "stripe"
    path = order_path(transfer.order, "order-arrive")
    assert client.post(path, {"how": "whole"}, headers=SAME).status_code == 404
    assert not BankLine.objects.exists()


@pytest.mark.page
def test_the_treasurer_reads_a_statement_and_another_agrees(as_user, transfer, treasurer, chief, owner, reader):
    path = reverse("shop:bank-list")
    assert reference_of(transfer) in as_user(treasurer).get(path).text
    assert as_user(owner).get(path).status_code == 403
    assert as_user(reader).get(path).status_code == 403
    wrong = SimpleUploadedFile("x.csv", b"rien")
    assert as_user(treasurer).post(reverse("shop:bank-statement"), {"file": wrong}).status_code == 422
    file = SimpleUploadedFile("r.csv", statement(("26/11/2026", "100,00", reference_of(transfer), "VILLE")))
    as_user(treasurer).post(reverse("shop:bank-statement"), {"file": file})
    line = BankLine.objects.get()
    detail = reverse("shop:bank-detail", args=[line.public_id])
    assert transfer.order.public_id in as_user(treasurer).get(detail).text
    use = reverse("shop:bank-use", args=[line.public_id])
    assert as_user(treasurer).post(use, {"order": "nobody"}).status_code == 422
    as_user(treasurer).post(use, {"order": transfer.order.public_id})
    decide = reverse("shop:bank-decide", args=[line.public_id])
    as_user(treasurer).post(decide, {"decision": "accord"})
    line.refresh_from_db()
    assert line.state == "asked"
    assert "Tina Trésor" in as_user(chief).get(detail).text
    assert "1 virement à regarder" in as_user(chief).get("/bureau/").text
    as_user(chief).post(decide, {"decision": "accord"})
    assert "100,00" in as_user(chief).get(f"{path}?etat=a-rendre").text
    back = reverse("shop:bank-returned", args=[line.public_id])
    as_user(chief).post(back, {"on": timezone.localdate().isoformat()})
    grant_money(request=MoneyRequest.objects.get(), by=treasurer)
    line.refresh_from_db()
    assert line.state == "returned"
    receipt = {"order": transfer.public_id, "cents": "120", "on": "2031-01-01", "operation": str(uuid.uuid4())}
    assert as_user(treasurer).post(reverse("shop:bank-receipt"), receipt).status_code == 422
    as_user(treasurer).post(reverse("shop:bank-receipt"), receipt | {"on": timezone.localdate().isoformat()})
    assert BankLine.objects.latest("pk").state == "asked"
    right()


@pytest.mark.page
def test_the_counter_takes_and_frees(as_user, counter, owner, stranger, reader, seller):
    path, part = reverse("shop:counter"), SellerOrder.objects.get()
    assert "Bureau" in as_user(owner).get(path).text
    assert "Bureau" not in as_user(stranger).get(path).text
    take = reverse("shop:counter-take", args=[part.public_id])
    assert as_user(stranger).post(take, {"means": "card"}).status_code == 404
    assert as_user(reader).post(take, {"means": "card"}).status_code == 403
    as_user(owner).post(take, {"means": "card"})
    assert state(counter) == ("paid", "paid", "delivered")
    free = reverse("shop:counter-free", args=[part.public_id])
    assert "Ne prenez pas d’argent" in as_user(owner).post(free, follow=True).text
    as_user(owner).post(reverse("shop:counter-option"), {"at_collection": "nobody"})
    assert "Vous ne prenez pas d’argent" in as_user(owner).get(path).text


@pytest.mark.page
@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_transfers_costs_the_same(
    as_user, buyer, town, seller, operator, index, treasurer, number, django_assert_num_queries
):
    for n in range(number):
        order = placed(buyer, ItemFactory(seller=seller, on_sale=True, price_cents=5_000 + n))
        arrive(payment=pay_later(order=order, provider="transfer", by=buyer, organisation=town), how="short")
    client, path = as_user(treasurer), reverse("shop:bank-list")
    client.get(path)
    with django_assert_num_queries(8):
        assert client.get(path).text.count("À regarder</") >= 1


# --- the day beside the books


@pytest.mark.page
def test_the_day_s_reconciliation_tells_what_was_noted_by_hand(transfer, treasurer, chief, capsys, as_user):
    """A transfer that came and one that nobody posted: both listed, the second one a gap."""
    line = bank.note_receipt(
        payment=transfer, on=timezone.localdate(), cents=12_000, by=treasurer, operation=uuid.uuid4(), note=""
    )
    bank.grant_use(line=line, by=chief)
    day = timezone.localdate()
    said = by_hand_that_day(day)
    assert [(row.way, row.what, row.order, row.cents, row.books_cents, row.is_right) for row in said] == [
        ("transfer", "paid", transfer.order.public_id, 12_000, 12_000, True)
    ]
    Payment.objects.create(
        order=transfer.order, provider="collection", amount_cents=500, state="paid", paid_at=timezone.now()
    )  # written beside the actions: no entry of it

    with pytest.raises(SystemExit):
        call_command("reconcile", "--day", day.isoformat(), "--json")
    told = json.loads(capsys.readouterr().out)

    assert [(row["way"], row["cents"], row["books_cents"], row["ok"]) for row in told["by_hand"]] == [
        ("transfer", 12_000, 11_500, False),
        ("collection", 500, 0, False),
    ]
    assert told["open_gaps"] == 2
    page = as_user(treasurer).get(reverse("shop:reconciliation", args=[Reconciliation.objects.get().public_id])).text
    assert "Virement reçu" in page
    assert "Payé au retrait" in page


def test_what_was_given_back_by_hand_is_beside_the_books_too(counter, owner, seller):
    part = counter.order.parts.get()
    take_at_collection(part=part, means="card", by=owner)
    line = OrderLine.objects.get(part=part)
    refund = ask_refund(part=part, lines={line.pk: 2_000}, reason="gesture", by=owner, operation=uuid.uuid4())
    note_given_back(refund=refund, by=owner)
    said = by_hand_that_day(timezone.localdate())
    assert [(row.way, row.what, row.cents, row.books_cents) for row in said] == [
        ("collection", "paid", 12_000, 12_000),
        ("collection", "refunded", 2_000, 2_000),
    ]
