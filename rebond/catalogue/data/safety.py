"""What may not be put online, or only with a proof: the blocklist of rules.md F6, as keyed rules.

A rule applies to the items of the categories that name it (`Category.safety_rules`, inherited), and to any
item whose text holds one of its words. `proof` is the key of the attribute that lifts it; none: refused.
"""

import re
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rebond.catalogue.enums import Condition

LETTERS = re.compile(r"([a-z0-9]*)(.*)")
# A harmless noun answers for the words after it up to one of these: "coque et iPhone" is a telephone too.
JOINERS = r"et|avec|plus|puis|ou|ni|pas|non|\."
REACH = 3  # words between a harmless noun and what it answers for: "housse lavable bleue pour siège auto"
COUNTED = r"(?:lots?|paires?|ensembles?|jeux?|une?|de|d|des|les?|la|petite?s?|grande?s?|ancien(?:ne)?s?|belles?|[0-9]+)"


@dataclass(frozen=True, slots=True)
class SafetyRule:
    """`words` are whole French words or phrases without accents (regular expressions) that call the rule;
    followed by one of `others` they name another thing ("fusil à aiguiser").

    A hit is harmless where the title says so beside it: `heads` are nouns of other things, before the hit
    ("housse de siège auto"); `before` and `after` are phrases that touch it ("couleur ivoire"). A rule without
    a proof is a refusal: no word of the description lifts it.

    `proof` is the key of the attribute that lifts it. `refused_values` are answers that do not (an untested
    appliance). `lifted_by_repair`: goods to be repaired before use are outside the regulation where this is
    clearly said.
    """

    key: str
    message: Promise
    words: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    proof: str = ""
    proof_label: Promise | str = ""
    refused_values: tuple[str, ...] = ()
    lifted_by_repair: bool = False
    lifted_by: tuple[str, ...] = field(default=())

    @property
    def pattern(self) -> re.Pattern[str] | None:
        return _pattern(self.words, self.others)

    @property
    def is_refusal(self) -> bool:
        """Whether nothing but another wording of the title lifts it."""
        return not self.proof

    def is_called_by(self, title: str, text: str) -> bool:
        """Whether the words of an item call the rule. Both texts as `validators.said` makes them.

        The title decides: a dangerous thing named there, and nothing harmless beside it, calls the rule
        whatever follows. Where the title names a harmless thing, the description may say what it is for.
        """
        if self.pattern is None:
            return False
        in_title = list(self.pattern.finditer(title))
        if any(not self._is_harmless(title, hit) for hit in in_title):
            return True
        if in_title or self._opens(title):
            return False
        return any(self.is_refusal or not self._is_harmless(text, hit) for hit in self.pattern.finditer(text))

    def _opens(self, title: str) -> bool:
        """Whether the title begins with a harmless noun: "Lot de 3 coques"."""
        return (
            bool(self.heads) and _compiled(rf"^(?:{COUNTED} )*(?:{'|'.join(self.heads)})\b").search(title) is not None
        )

    def _is_harmless(self, said: str, hit: re.Match[str]) -> bool:
        left, right = said[: hit.start()], said[hit.end() :]
        if self.heads:
            stop = JOINERS + "|," if self.is_refusal else JOINERS
            gap = rf"(?: (?!(?:{stop})(?: |$))[a-z0-9,]+){{0,{REACH}}}"
            if _compiled(rf"\b(?:{'|'.join(self.heads)}){gap} $").search(left):
                return True
        if self.before and _compiled(rf"\b(?:{'|'.join(self.before)}) $").search(left):
            return True
        return bool(self.after) and _compiled(rf"^ (?:{'|'.join(self.after)})\b").search(right) is not None

    @property
    def openings(self) -> tuple[str, ...]:
        """How the first word of each of its words begins: a text where no word begins so does not call the rule."""
        return _openings(self.words)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@cache
def _pattern(words: tuple[str, ...], others: tuple[str, ...]) -> re.Pattern[str] | None:
    other = rf"(?! (?:{'|'.join(others)})\b)" if others else ""
    return re.compile(rf"\b(?:{'|'.join(words)})\b{other}") if words else None


@cache
def _openings(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        found[:-1] if rest.startswith(("?", "*", "{")) else found
        for found, rest in (LETTERS.match(word).groups() for word in words)  # type: ignore[union-attr]
    )


@lru_cache(maxsize=50_000)
def rules_opened_by(word: str) -> tuple[str, ...]:
    """The keys of the rules that a text with this word may call (texts repeat their words: the cache answers most)."""
    return tuple(rule.key for rule in RULES.values() if rule.words and word.startswith(rule.openings))


RULES: dict[str, SafetyRule] = {
    rule.key: rule
    for rule in (
        SafetyRule(
            "recall",
            _("This object may have been recalled. Look it up on RappelConso, then note the day of your check."),
            words=("rappel produit", "produit rappele", "rappelconso"),
            proof="proof-recall",
            proof_label=_("Checked on RappelConso: day and result"),
        ),
        SafetyRule(
            "car-seat",
            _("A child’s seat is sold only with its history: approval label, age, and no accident."),
            words=(
                "sieges? (?:(?:bebe|enfant)s? )?auto",
                "rehausseurs?(?: auto)?",
                "cosy auto",
                "porte bebe velo",
            ),
            heads=("housses?",),
            proof="proof-car-seat",
            proof_label=_("Approval number (R44/04 or R129), year, and where the seat comes from"),
        ),
        SafetyRule(
            "helmet",
            _("A helmet is sold only where we know that it had no shock: unsold goods, or a signed statement."),
            words=("casques? (?:de )?(?:velo|moto|ski|scooter|protection)",),
            proof="proof-helmet",
            proof_label=_("No shock: where the helmet comes from, standard and year"),
        ),
        SafetyRule(
            "medicine",
            _("Medicines and medical devices on prescription are never sold here. Bring them to a pharmacy."),
            words=("medicaments?", "antibiotiques?", "doliprane", "ibuprofene", "paracetamol", "insuline"),
            heads=("(?:boites?|armoires?|trousses?) a pharmacie", "piluliers?"),
            before=(
                "(?:boites?|armoires?|trousses?|coffrets?|meubles?) a",
                "(?:livres?|histoire) (?:sur|des?|du|d)(?: les?| la| l)?",
            ),
        ),
        SafetyRule(
            "weapon",
            _("Weapons and ammunition are never sold here."),
            words=(
                "fusils?",
                "carabines?",
                "revolvers?",
                "pistolets? (?:a plomb|d alarme|automatique)",
                "munitions?",
                "cartouches? de chasse",
                "poignards?",
                "baionnettes?",
                "matraques?",
                "bombe lacrymogene",
                "taser",
                "grenades? (?:a main|militaire)",
            ),
            others=("a eau", "a aiguiser", "a affuter", "d affutage", "de boucher", "de cuisine"),
            heads=("jouets?", "playmobil", "lego"),
            before=(
                "(?:playmobil|lego)(?: [a-z0-9]+){0,4} avec(?: une?| des| son| sa| ses| leurs?)?",
                "(?:livres?|histoire|dvd) (?:sur|des?|du|d)(?: les?| la| l)?",
            ),
            after=("(?:(?:de|en) [a-z0-9]+ )?(?:jouets?|factices?|playmobil|lego)",),
        ),
        SafetyRule(
            "species",
            _("Ivory, tortoiseshell and other protected species need a certificate (CITES)."),
            words=("ivoires?", "ecailles? de tortue", "corne de rhinoceros", "corail rouge", "peau de crocodile"),
            before=(
                "(?:couleurs?|tons?|coloris|teintes?|blanc|blanche|imitations?|facon|faux|simili)(?: d| de l)?",
                "cote d",
            ),
            after=("d imitation", "vegetal", "synthetique"),
            proof="proof-species",
            proof_label=_("Number of the CITES certificate, or proof of age before 1947"),
        ),
        SafetyRule(
            "counterfeit",
            _("A copy of a brand is never sold here, even when it is said to be one."),
            words=("contrefacon", "replique de marque", "fausse? (?:vuitton|chanel|gucci|hermes|rolex)", "faux sac"),
        ),
        SafetyRule(
            "toy",
            _("A toy is sold only with its CE mark, or as a collector’s item that is not a toy."),
            proof="ce-mark",
            proof_label=_("CE mark seen on the object"),
            lifted_by=("collectible",),
        ),
        SafetyRule(
            "electrical",
            _("An electrical object is sold only after a test, or clearly as to be repaired."),
            proof="tested",
            proof_label=_("Electrical test"),
            refused_values=("no",),
            lifted_by_repair=True,
        ),
        SafetyRule(
            "cot",
            _("A cot is sold only where its bars, its base and its standard were checked."),
            words=("lits?(?: bebe)? a barreaux", "lits? (?:de |pour )?bebes?", "tours? de lit", "lits? parapluie"),
            heads=("draps?", "housses?", "linge", "parures?"),
            proof="proof-cot",
            proof_label=_("Standard seen (NF EN 716), bars 45 to 65 mm apart, base checked"),
        ),
        SafetyRule(
            "data",
            _("An object that held data is sold only once they are erased, with a proof kept."),
            words=("disque dur", "smartphone", "iphone"),
            heads=("coques?", "etuis?", "chargeurs?", "supports?", "housses?", "boitiers?", "cables?"),
            before=("pour", "compatibles?(?: avec)?", "sans"),
            proof="erased",
            proof_label=_("Data erased, proof kept"),
        ),
        SafetyRule(
            "hygiene",
            _("Underwear and earrings need a hygiene seal: without one the buyer may send them back opened."),
            proof="hygiene-seal",
            proof_label=_("Hygiene seal in place"),
        ),
        SafetyRule(
            "eyewear",
            _("Sunglasses are sold only with their CE mark; corrective lenses are for opticians."),
            words=("lunettes de vue", "verres correcteurs", "lentilles de contact"),
            proof="proof-eyewear",
            proof_label=_("CE mark and category of the lenses"),
        ),
    )
}


def is_lifted(rule: SafetyRule, attributes: dict[str, Any], condition: str) -> bool:
    """Whether the attributes at hand, or the condition, lift `rule`."""
    if rule.lifted_by_repair and condition == Condition.TO_REPAIR:
        return True
    value = attributes.get(rule.proof) if rule.proof else None
    if value and value not in rule.refused_values:
        return True
    return any(attributes.get(key) for key in rule.lifted_by)
