"""Entries that a room above undoes by an act of its own: undone in the books alone, both would differ. A registry."""

from django.utils.functional import Promise

_KEPT: dict[tuple[str, str], str | Promise] = {}


def keep_entries(*, kind: str, subject_kind: str, words: str | Promise) -> None:
    """Entries of this kind about such a subject are not corrected here; `words` say where they are undone.

    Raise ValueError where another room said so.
    """
    if _KEPT.get((kind, subject_kind), words) is not words:
        raise ValueError(f"the entries {kind} of {subject_kind} are kept twice")
    _KEPT[kind, subject_kind] = words


def why_kept(kind: str, subject_kind: str) -> str:
    """Where such an entry is undone, for the person who asks; "" where the books may do it."""
    return str(_KEPT.get((kind, subject_kind), ""))
