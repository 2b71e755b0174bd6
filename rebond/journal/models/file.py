"""A private file with its owner organisation: proofs, reports, imports."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.core.storage import private_storage


def _path(stored: "StoredFile", filename: str) -> str:
    """Named by its public identifier: no name of a person or a client on the disk."""
    return f"files/{stored.public_id[:2]}/{stored.public_id}"


class StoredFile(models.Model):
    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    file = models.FileField(storage=private_storage, upload_to=_path)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    organisation_id = models.CharField(max_length=40, blank=True)  # public id of the owner
    permission = models.CharField(max_length=80)  # what a reader must hold in that organisation
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.CharField(max_length=40, blank=True)
    uploaded_by_id = models.CharField(max_length=40, blank=True)
    uploaded_at = models.DateTimeField(default=timezone.now)
    delete_after = models.DateField(null=True, blank=True)

    objects: ClassVar[models.Manager["StoredFile"]] = models.Manager()

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="file_subject")]

    def __str__(self) -> str:
        return self.name
