"""A local bibliographic table: a scanned ISBN pre-fills a listing."""

from typing import ClassVar

from django.db import models


class Book(models.Model):
    isbn = models.CharField(max_length=13, unique=True)  # ISBN-13, digits only
    title = models.CharField(max_length=300)
    subtitle = models.CharField(max_length=300, blank=True)
    authors = models.CharField(max_length=300, blank=True)
    publisher = models.CharField(max_length=160, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    pages = models.PositiveSmallIntegerField(null=True, blank=True)
    height_mm = models.PositiveSmallIntegerField(null=True, blank=True)
    language = models.CharField(max_length=3, blank=True)
    subjects = models.CharField(max_length=500, blank=True)
    source = models.CharField(max_length=40)

    objects: ClassVar[models.Manager["Book"]] = models.Manager()

    def __str__(self) -> str:
        return self.title
