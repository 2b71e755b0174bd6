"""Sums kept along a long account, so that reading it costs the same after a million lines."""

from typing import ClassVar

from django.db import models

from rebond.ledger.models.account import Account


class Mark(models.Model):
    """The sum of an account's postings up to the one numbered `posting`, and how many they are: a cache.

    Postings never change, so a mark never does. Set each night behind the last finished day; proved and made again by
    `check-ledger`.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="marks")
    posting = models.BigIntegerField()
    cents = models.BigIntegerField()
    postings = models.PositiveIntegerField()

    objects: ClassVar[models.Manager["Mark"]] = models.Manager()

    class Meta:
        ordering = ["account", "posting"]
        constraints = [models.UniqueConstraint(fields=["account", "posting"], name="ledger_mark_once")]

    def __str__(self) -> str:
        return f"{self.account}: {self.cents}"
