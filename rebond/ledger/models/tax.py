"""What the tax office is told of sellers once a year (DAC7, rules.md F5), and what has to be known for it."""

from typing import Any, ClassVar, cast

from django.db import models
from django.db.models import Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.core.sealed import EncryptedTextField
from rebond.core.storage import private_storage
from rebond.ledger.enums import TaxReturnKind
from rebond.network.models import Organisation


class TaxFile(models.Model):
    """A seller's own data for the yearly declaration: apart from the trader file of DSA art. 30 (another purpose).

    Kept ten years (CGI ann. II, 344 G quindecies). The date of asking and the reminders are emptied when the data come.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="tax_file")
    legal_name = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=200, blank=True)
    postal_code = models.CharField(max_length=10, blank=True)
    city = models.CharField(max_length=80, blank=True)
    country = models.CharField(max_length=2, default="FR")  # of residence, in the European Union
    tax_number = models.CharField(max_length=20, blank=True)  # given by `country`; the SIREN in France
    register_number = models.CharField(max_length=40, blank=True)
    vat_number = models.CharField(max_length=20, blank=True)
    establishments: Any = models.JSONField(default=list, blank=True)  # codes of other countries of the Union
    account_holder = EncryptedTextField(blank=True)
    iban = EncryptedTextField(blank=True)
    iban_end = models.CharField(max_length=4, blank=True)
    given_at = models.DateTimeField(null=True, blank=True)
    given_by = models.CharField(max_length=160, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.CharField(max_length=160, blank=True)
    note = models.CharField(max_length=300, blank=True)  # why the data were asked for again
    asked_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    reminded_again_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["TaxFile"]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(verified_at__isnull=True) | Q(given_at__isnull=False), name="ledger_tax_given_then_verified"
            ),
        ]

    def __str__(self) -> str:
        return str(self.organisation)


def _return_path(file: "TaxReturn", filename: str) -> str:
    return f"declarations/{file.year}/{file.public_id}.xml"


class SoldCount(models.Model):
    """What each seller sold in a year in the operator's books, as a task counted it: the page reads one row.

    `sold`: seller's key → three lists of four quarters: sales, cents, cents of fees (`queries.tax.SoldYear`).
    Only shown: a declaration counts anew.
    """

    operator = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    counted_at = models.DateTimeField()
    sold: Any = models.JSONField()

    objects: ClassVar[models.Manager["SoldCount"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["operator", "year"], name="ledger_sold_count_once")]

    def __str__(self) -> str:
        return f"{self.operator} {self.year}"


class TaxReturn(models.Model):
    """A declaration as it was sent: its file never changes. Corrections are files of their own, with their number."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    operator = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=TaxReturnKind)
    name = models.CharField(max_length=80)  # of the file, as the tax office wants it
    file = models.FileField(storage=private_storage, upload_to=_return_path)
    sha256 = models.CharField(max_length=64)
    sellers = models.PositiveIntegerField()
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.CharField(max_length=160)

    objects: ClassVar[models.Manager["TaxReturn"]] = models.Manager()

    class Meta:
        ordering = ["-year", "-number"]
        constraints = [models.UniqueConstraint(fields=["operator", "year", "number"], name="ledger_tax_return_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def content(self) -> bytes:
        """The file as it was sent."""
        with self.file.open("rb") as file:
            return cast("bytes", file.read())


class TaxReturnLine(models.Model):
    """What a declaration says of one seller: `data` is all of it but the account (`ledger.dac7.Declared`).

    `version` counts the times this seller was declared for this year; the last one counts. `is_withdrawn`: the seller
    was declared and need not have been.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    tax_return = models.ForeignKey(TaxReturn, on_delete=models.PROTECT, related_name="lines")
    operator = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    seller = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="tax_lines")
    version = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    data: Any = models.JSONField()
    is_withdrawn = models.BooleanField(default=False)

    objects: ClassVar[models.Manager["TaxReturnLine"]] = models.Manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "year", "seller", "version"], name="ledger_tax_line_once")
        ]

    def __str__(self) -> str:
        return f"{self.seller} {self.year}"
