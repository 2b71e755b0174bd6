"""Words of a name, as people write and look for them."""

import re

MOST = 8


def words_of(name: str) -> list[str]:
    """Each word of a name, and the whole where it has several: Le, Guen, Diallo, Le Guen-Diallo."""
    words = parts_of(name)
    return words + ([name] if len(words) > 1 else [])


def parts_of(name: str) -> list[str]:
    """The words alone: what is looked for is a name where each one of them is found."""
    return [word for word in re.split(r"[\s\-'’]+", name) if any(sign.isalnum() for sign in word)][:MOST]
