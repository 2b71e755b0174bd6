"""RDF canonicalisation (RDFC-1.0), and the refusal of everything that it would leave out.

What no context defines is not in the RDF, so no signature covers it: a member added to a signed badge would still
verify (people.md 3.1, "Attack found"). A document is taken only where it is exactly the compacted form of what is
signed.
"""

import re
from collections.abc import Iterator
from math import factorial
from typing import Any

from rebond.skills.credentials.contexts import contexts_of, load
from rebond.skills.errors import CredentialRefused

ADDRESS = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^`]*')
LOST = (
    "@direction",
    "@index",
    "@reverse",
    "@included",
    "@graph",
    "@nest",
)  # in JSON-LD, and not in the RDF or the tree
MOST_WORK = 5_000  # orders of blank nodes that are tried; an honest badge needs none
MOST_NODES = 2_000
MOST_DEPTH = 30
SAME_TYPE = {"AchievementCredential": "OpenBadgeCredential"}  # two words of the context for one thing


def canonical(document: dict[str, Any]) -> bytes:
    """The N-Quads of an exact document, sorted, with canonical names: the same for any order of its members.

    Raise CredentialRefused for contexts that are not shipped, for members that would be left out, and for a document
    built to take for ever.
    """
    contexts_of(document)
    _check_tree(document)
    processor = _processor()
    try:
        expanded = processor.expand(document, _options())
        _check_expanded(expanded)
        compacted = processor.compact(
            expanded, {"@context": document["@context"]}, _options() | {"skipExpansion": True}
        )
        _check_same(document, compacted)
        return _named(processor.to_rdf(expanded, _options() | {"produceGeneralizedRdf": False}))
    except CredentialRefused:
        raise
    except Exception as error:  # noqa: BLE001 -- whatever a stranger's document breaks in the library is a refusal
        raise _reason(error) from None


def _reason(error: BaseException) -> CredentialRefused:
    """Our own refusal inside of the library's, else that the words contradict each other."""
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, CredentialRefused):
            return found
        found = found.__cause__
    return CredentialRefused("not_jsonld")


def _processor() -> Any:
    from pyld.jsonld import JsonLdProcessor  # noqa: PLC0415 -- heavy, and only who signs or verifies needs it

    return JsonLdProcessor()


def _options() -> dict[str, Any]:
    return {"base": "", "documentLoader": load, "processingMode": "json-ld-1.1", "compactToRelative": False}


def _named(quads: Any) -> bytes:
    from pyld.canon import URDNA2015  # noqa: PLC0415 -- heavy, and only who signs or verifies needs it

    class Bounded(URDNA2015):  # type: ignore[misc]
        """Counts the orders that it has to try: n alike nodes make n! of them."""

        work = 0

        def create_hash_to_related(self, id_: Any, issuer: Any) -> Any:
            found = super().create_hash_to_related(id_, issuer)
            self.work += sum(factorial(min(len(nodes), 12)) for nodes in found.values())
            if self.work > MOST_WORK:
                raise CredentialRefused("too_complex")
            return found

    return str(Bounded().main(quads, {"format": "application/n-quads"})).encode()


def _check_tree(document: dict[str, Any]) -> None:
    """What a signature cannot cover, whatever the contexts say: nothing, and contexts of the maker's own."""
    for nodes, (path, value, depth) in enumerate(_members(document, "", 0)):
        if nodes > MOST_NODES or depth > MOST_DEPTH:
            raise CredentialRefused("too_complex")
        if value is None or value == []:
            raise CredentialRefused("empty_member", path)
        if isinstance(value, int | float) and not _is_exact(value):
            raise CredentialRefused("number", value)
        if isinstance(value, dict) and path and "@context" in value:
            raise CredentialRefused("inner_context", path)


def _is_exact(number: float) -> bool:
    """The RDF writes sixteen digits: what differs beyond would be signed as the same number."""
    return abs(number) <= 2**53 and (isinstance(number, int) or float(f"{number:.15g}") == number)


def _members(value: Any, path: str, depth: int) -> Iterator[tuple[str, Any, int]]:
    yield path, value, depth
    if depth > MOST_DEPTH:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _members(inner, f"{path}.{name}" if path else name, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _members(inner, path, depth + 1)


def _check_expanded(value: Any, name: str = "") -> None:
    """Each name of a thing, of a kind and of a property is a complete address: others leave no trace in the RDF."""
    if isinstance(value, list):
        for inner in value:
            _check_expanded(inner, name)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key in LOST:
                raise CredentialRefused("unsigned_member", f"{name.rpartition('/')[2]} {key}".strip())
            if key == "@id" or (key == "@type" and "@value" not in value):
                _check_addresses(inner)
            elif key not in {"@value", "@type", "@language"}:
                if not key.startswith("@"):
                    _check_addresses(key)
                _check_expanded(inner, key)


def _check_addresses(value: Any) -> None:
    for one in value if isinstance(value, list) else [value]:
        if not isinstance(one, str) or not ADDRESS.fullmatch(one):
            raise CredentialRefused("relative", one)


def _check_same(document: dict[str, Any], compacted: dict[str, Any]) -> None:
    mine = {key: value for key, value in document.items() if key != "@context"}
    theirs = {key: value for key, value in compacted.items() if key != "@context"}
    different = _difference(_plain(mine), _plain(theirs), "")
    if different:
        raise CredentialRefused("unsigned_member", different)


def _plain(value: Any, key: str = "") -> Any:
    """One value and a list of one are the same to JSON-LD."""
    if isinstance(value, list):
        values = [_plain(one, key) for one in value]
        return values[0] if len(values) == 1 else values
    if isinstance(value, dict):
        return {name: _plain(inner, name) for name, inner in value.items()}
    return SAME_TYPE.get(value, value) if key == "type" and isinstance(value, str) else value


def _difference(mine: Any, theirs: Any, path: str) -> str:
    """The first member that differs, "" for none."""
    if isinstance(mine, dict) and isinstance(theirs, dict):
        for name in [*mine, *(name for name in theirs if name not in mine)]:
            where = f"{path}.{name}" if path else name
            if name not in mine or name not in theirs:
                return where
            if found := _difference(mine[name], theirs[name], where):
                return found
        return ""
    if isinstance(mine, list) and isinstance(theirs, list) and len(mine) == len(theirs):
        pairs = (_difference(one, other, path) for one, other in zip(mine, theirs, strict=True))
        return next(filter(None, pairs), "")
    return "" if type(mine) is type(theirs) and mine == theirs else path
