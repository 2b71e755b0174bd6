"""Codes of this room's steps."""

RECEIVE = "intake.receive"
SORT = "intake.sort"
BOOK = "intake.book"  # the screens that do all steps of a known book: no step of this kind is ever recorded
