"""Invoices that suppliers sent: a Factur-X paper that is paid, a UBL to pay, one that does not add up. All invented."""

import datetime
import random

from django.utils import timezone

from rebond.accounts.models import User
from rebond.core.pdf import render_pdf
from rebond.front.demo.admissions import Cast
from rebond.front.demo.buying import member_of, team_of
from rebond.front.demo.network import Network
from rebond.front.demo.sellers import DATA, luhn
from rebond.ledger.actions.supplier import add_supplier_invoice
from rebond.ledger.facturx import carry_xml, xml_of
from rebond.ledger.invoicing import Document, Line, Party, Tax, vat_number_of
from rebond.ledger.models import SupplierInvoice
from rebond.ledger.queries.invoice_paper import invoice_paper
from rebond.ledger.queries.invoicing import party_of
from rebond.network.models import Organisation

PAID, TO_PAY, WRONG, SELLERS = 34, 6, 2, 9  # days ago
SELLER = "les-ateliers-du-confluent"
DUE_IN = 30  # days


def make_suppliers(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """The operator's three, and one of a seller; their number."""
    if SupplierInvoice.objects.exists():
        return SupplierInvoice.objects.count()
    team = team_of(network.operator)
    if "finance" not in team:
        return 0
    cast = Cast(team["coordinator"], [], now)
    _add(cast, network.operator, team["finance"], PAID, "facture-hebergement.pdf", _paper(network.operator, cast, PAID))
    _add(cast, network.operator, team["finance"], TO_PAY, "cartonnages-1187.xml", _file(network.operator, cast, TO_PAY))
    wrong = _file(network.operator, cast, WRONG, vat="48.00", total="263.00")
    _add(cast, network.operator, team["finance"], WRONG, "cartonnages-1204.xml", wrong)
    seller = Organisation.objects.filter(slug=SELLER).first()
    by = member_of(seller, "manager") if seller is not None else None
    if seller is not None and by is not None:
        _add(cast, seller, by, SELLERS, "cartonnages-1162.xml", _file(seller, cast, SELLERS))
    return SupplierInvoice.objects.count()


def _add(cast: Cast, organisation: Organisation, by: User, days: float, name: str, content: bytes) -> None:
    with cast.at(days) as when:
        row = add_supplier_invoice(organisation=organisation, name=name, content=content, by=by)
        SupplierInvoice.objects.filter(pk=row.pk).update(added_at=when)


def _file(organisation: Organisation, cast: Cast, days: int, vat: str = "43.00", total: str = "258.00") -> bytes:
    """A UBL of the same supplier; its number says its day."""
    on, buyer = timezone.localdate(cast.now) - datetime.timedelta(days=days + 1), party_of(organisation, "")
    siren = luhn("00097001")
    text = (DATA / "supplier.xml").read_text(encoding="utf-8")
    return text.format(
        number=f"CL-{on:%Y}-{on.timetuple().tm_yday + 856}", issued=on, due=on + datetime.timedelta(days=DUE_IN),
        siren=siren, vat_number=vat_number_of(siren), buyer=buyer.name.replace("&", "et"), buyer_siren=buyer.siren,
        buyer_address=buyer.address, buyer_code=buyer.postal_code, buyer_city=buyer.city, vat=vat, total=total,
    ).encode()  # fmt: skip


def _paper(organisation: Organisation, cast: Cast, days: int) -> bytes:
    """A Factur-X paper: hosting for three months, paid by card."""
    on, siren = timezone.localdate(cast.now) - datetime.timedelta(days=days), luhn("00097002")
    seller = Party(
        name="Hébergeurs associés (exemple)", siren=siren, vat_number=vat_number_of(siren), address="3 rue du Faubourg",
        postal_code="31000", city="Toulouse",
    )  # fmt: skip
    lines = (
        Line(key="1", label="Hébergement, trois mois", quantity=3, cents=21_600, net_cents=18_000, vat_bp=2_000),
        Line(
            key="2", label="Sauvegardes hors site, trois mois", quantity=3, cents=5_400, net_cents=4_500, vat_bp=2_000
        ),
    )
    document = Document(
        kind="invoice", number=f"HA-{on:%Y%m}-0412", issued_on=on, paid_on=on, seller=seller,
        buyer=party_of(organisation, ""), delivery=None, lines=lines,
        taxes=(Tax(category="S", vat_bp=2_000, net_cents=22_500, vat_cents=4_500),),
        regime="standard", mention="", made_by="", order="HA-88120",
    )  # fmt: skip
    data = invoice_paper(document)
    paper = render_pdf("ledger/invoice", data, standard="a-3b", now=cast.now.astimezone(datetime.UTC))
    return carry_xml(paper, xml_of(document), title=data["title"], author=seller.name, language="fr")
