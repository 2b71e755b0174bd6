"""Codes of this room's steps."""

RECEIVE = "intake.receive"
SORT = "intake.sort"
