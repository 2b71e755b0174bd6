"""From French text to terms: case, accents, elision, plural and inflection forgiven, the same way on both sides.

Tantivy's French Snowball filter expects accents, which people leave out; after folding it misses plurals
("vélos" and "vélo" differ). So folding, elision and plurals are done here, word by word with a cache, and
Snowball stems what is left. The index's fields then split on spaces only.
"""

import re
import unicodedata
from functools import lru_cache

import tantivy

MAX_WORD = 40
MAX_QUERY_WORDS = 12
MAX_QUERY_CHARACTERS = 200

_WORD = re.compile(r"[^\W_]+")
_ELISION = re.compile(r"\b(?:[ldjmtsnc]|qu|jusqu|lorsqu|puisqu|quelqu|presqu)['’ʼ]")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d"})
_LITTLE_WORDS = """
a à au aux avec ce ces cet cette chez d dans de des du elle en et il ils je l la le les leur leurs ma mais me mes mon
ne nos notre nous on ou où par pas pour qu que qui sa sans se ses si son sont sous sur ta te tes ton tu un une vos
votre vous y est ont très
"""
STOP_WORDS = frozenset(_LITTLE_WORDS.split())
# Forms that no rule brings together: feminine of colours and usual adjectives, two irregular plurals.
_IRREGULAR = {
    "yeux": "oeil",
    "blanche": "blanc",
    "seche": "sec",
    "rousse": "roux",
    "douce": "doux",
    "grosse": "gros",
    "vieille": "vieux",
    "vieil": "vieux",
    "belle": "beau",
    "bel": "beau",
    "nouvelle": "nouveau",
    "nouvel": "nouveau",
    "longue": "long",
    "fraiche": "frais",
    "violette": "violet",
    "epaisse": "epais",
    "tshirt": "tee",
}
_SNOWBALL = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw()).filter(tantivy.Filter.stemmer("french")).build()


def fold(text: str) -> str:
    """Lower case without accents: "L’Étagère" gives "l’etagere"."""
    text = text.lower().translate(_LIGATURES)
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


@lru_cache(maxsize=100_000)
def fold_word(word: str) -> str:
    """`fold` for one word (titles repeat the same words: the cache answers most)."""
    return fold(word)


def singular(word: str) -> str:
    """The singular of a folded word of four letters or more; tokens, not spelling ("tapis" gives "tapi")."""
    if len(word) < 4 or word[-1].isdigit():
        return word
    if word.endswith("x"):
        if word.endswith(("eaux", "eux", "oux")):
            return word[:-1]
        if word.endswith("aux"):
            return f"{word[:-2]}l"
    elif word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The term of one word, folded first: "Chevaux" gives "cheval", "éclairées" as "éclairé"."""
    folded = fold_word(word)
    single = singular(folded)
    single = _IRREGULAR.get(single, _IRREGULAR.get(folded, single))
    single = singular(single) if single.endswith("eux") else single
    for feminine, masculine in (("euse", "eu"), ("iere", "ier"), ("ee", "e"), ("ive", "if")):
        if len(single) >= len(feminine) + 2 and single.endswith(feminine):
            single = single[: -len(feminine)] + masculine
            break
    found: list[str] = _SNOWBALL.analyze(single)
    return found[0] if found else single


def _all_words(text: str) -> list[str]:
    text = text.lower()
    if "’" in text or "'" in text or "ʼ" in text:
        text = _ELISION.sub(" ", text)
    return _WORD.findall(text)


def _counts(word: str) -> bool:
    return word not in STOP_WORDS and len(word) <= MAX_WORD


def words(text: str) -> list[str]:
    """The words that count, lower case with their accents, elided articles and little words left out."""
    return [word for word in _all_words(text) if _counts(word)]


@lru_cache(maxsize=100_000)
def _term(word: str) -> str:
    """`stem`, or nothing for a word that does not count: texts repeat the same words."""
    return stem(word) if _counts(word) else ""


def terms(text: str) -> str:
    """The terms of a text as its index field takes them: joined by spaces."""
    return " ".join([term for word in _all_words(text) if (term := _term(word))])


@lru_cache(maxsize=20_000)
def usual_terms(text: str) -> str:
    """`terms` of a text that many items share: a brand, a colour, the names of a category or of a seller."""
    return terms(text)


SEPARATOR = "·"  # between a folded word and its accented form, in the dictionary's field


def dictionary_terms(text: str) -> str:
    """The words of a title for suggestions: "canape·canapé", folded first so that prefixes and typos meet it."""
    return " ".join({entry for word in _all_words(text) if (entry := _entry(word))})


@lru_cache(maxsize=100_000)
def _entry(word: str) -> str:
    """A word as the dictionary's field has it; nothing for a word that does not count."""
    folded = fold_word(word)
    if not _counts(word):
        return ""
    return folded if folded == word else f"{folded}{SEPARATOR}{word}"


def query_words(text: str) -> list[str]:
    """The words of what somebody typed, bounded in length and number."""
    found = words(text[:MAX_QUERY_CHARACTERS])
    return list(dict.fromkeys(found))[:MAX_QUERY_WORDS]
