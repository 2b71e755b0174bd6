"""An import: a file, how it is read, how far it is, and what became of each line."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from rebond.catalogue.models import Item, Photo
from rebond.connect import perms
from rebond.connect.enums import WORKING, ImportState, Outcome, PhotoState, Target
from rebond.connect.formats import label_of
from rebond.connect.phrases import reason
from rebond.core.ids import public_id
from rebond.core.models import Job
from rebond.core.sealed import EncryptedTextField
from rebond.journal.models import StoredFile
from rebond.network.models import Organisation


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def visible_to(self, user: Any) -> "ImportRunQuerySet":
        """The imports of the organisations for which the user manages or sells."""
        return self.filter(perms.visible_imports(user))


class ImportRun(models.Model):
    """`checkpoint` counts the rows of the file that are written: it moves in the transaction of each batch.

    Counters are of the trial until the import starts, then of the import. `findings` holds the categories
    met and, of rows read, how many had each: {"categories": {text: count}}. A shop, or an archive, is first read
    by a task: until then `file` (of a shop), `format` and `columns` are empty.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    seller = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="imports")
    file = models.ForeignKey(StoredFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=200, blank=True)  # of the shop that is read, "" for a file
    key = EncryptedTextField(blank=True, default="")  # of its webservice: emptied as soon as the reading ends
    format = models.CharField(max_length=30, blank=True)  # "" until the file is read
    how = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    samples = models.JSONField(default=dict, blank=True)  # column → a value of the first rows
    mapping = models.JSONField(default=dict)
    defaults = models.JSONField(default=dict)
    target = models.CharField(max_length=10, choices=Target, default=Target.DRAFT)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.UPLOADED)
    checkpoint = models.PositiveBigIntegerField(default=0)
    rows_total = models.PositiveBigIntegerField(default=0)  # 0 until a trial has counted them
    rows_read = models.PositiveBigIntegerField(default=0)
    created = models.PositiveBigIntegerField(default=0)
    updated = models.PositiveBigIntegerField(default=0)
    unchanged = models.PositiveBigIntegerField(default=0)
    refused = models.PositiveBigIntegerField(default=0)
    skipped = models.PositiveBigIntegerField(default=0)
    incomplete = models.PositiveBigIntegerField(default=0)  # created as drafts: not complete enough for the target
    kept = models.PositiveBigIntegerField(default=0)  # left as they are by an undo: sold, or changed since
    findings = models.JSONField(default=dict, blank=True)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now)  # a sign of life: a stalled import is taken up again
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = ImportRunQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["seller", "-created_at"], name="import_seller"),
            models.Index(fields=["state", "touched_at"], name="import_stalled"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def format_label(self) -> str:
        return label_of(self.format)

    @property
    def is_working(self) -> bool:
        return self.state in WORKING

    @property
    def ready(self) -> int:
        """Rows that enter, or entered: new ones and changed ones."""
        return self.created + self.updated

    @property
    def percent(self) -> int:
        """0 to 100 of the rows of the file, 0 where they are not counted yet."""
        return min(100, int(self.checkpoint * 100 / self.rows_total)) if self.rows_total else 0


class ImportRow(models.Model):
    """What became of lines: one row per batch of new items, one per changed item, one per mistake of a refused line.

    Unchanged lines have none. `items` is [[line, item], …] of the new items of a batch.
    `previous` is {field: [before, written]} of a changed item, so that an undo restores what nobody touched since.
    """

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveBigIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    item_id = models.PositiveBigIntegerField(null=True, blank=True)  # no foreign key: an undone item is gone
    items = models.JSONField(default=list, blank=True)
    column = models.CharField(max_length=90, blank=True)
    value = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=40, blank=True)
    params = models.JSONField(default=dict, blank=True)
    previous = models.JSONField(default=dict, blank=True)
    is_undone = models.BooleanField(default=False)

    objects: ClassVar[models.Manager["ImportRow"]] = models.Manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["run", "outcome", "line"], name="import_row_outcome"),
            models.Index(fields=["run", "is_undone", "-id"], name="import_row_undo"),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.outcome}"

    @property
    def reason(self) -> str:
        """What to write instead, in the reader's language."""
        return reason(self.code, self.params)


class ImportPhoto(models.Model):
    """A picture that a row names: taken in by a task, once per item and source, and detached by an undo."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="pictures")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    line = models.PositiveBigIntegerField()
    source = models.CharField(max_length=1_000)  # web address, or name in the archive
    position = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=PhotoState, default=PhotoState.WAITING)
    code = models.CharField(max_length=40, blank=True)
    text = models.CharField(max_length=200, blank=True)  # what the picture's reader said, where it refused
    photo = models.ForeignKey(Photo, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects: ClassVar[models.Manager["ImportPhoto"]] = models.Manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["run", "state", "id"], name="import_photo_state"),
            models.Index(fields=["item"], name="import_photo_item"),
        ]

    def __str__(self) -> str:
        return self.source[:80]

    @property
    def reason(self) -> str:
        return self.text or (reason(self.code) if self.code else "")


class ImportCorrection(models.Model):
    """In `column`, `after` stands for what is written: at `line`, or (0) wherever the file says `before`.

    A line's own correction comes before one for all lines. `before` holds the first 200 characters.
    """

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="corrections")
    line = models.PositiveBigIntegerField(default=0)
    column = models.CharField(max_length=90)
    before = models.CharField(max_length=200, blank=True)
    after = models.CharField(max_length=2_000, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["ImportCorrection"]] = models.Manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "line", "column"], condition=~models.Q(line=0), name="correction_of_line_once"
            ),
            models.UniqueConstraint(
                fields=["run", "column", "before"], condition=models.Q(line=0), name="correction_of_value_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.column}: {self.before} → {self.after}"
