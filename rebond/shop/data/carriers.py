"""Where a carrier lets anybody follow a parcel: public pages, opened only by who follows the link."""

import re
import unicodedata
from urllib.parse import quote

# Words that name a carrier, as sellers type it; the address before the number. Seen in public integrations, 2026.
TRACKING: tuple[tuple[tuple[str, ...], str], ...] = (
    (("colissimo", "la poste", "laposte", "lettre suivie"), "https://www.laposte.fr/outils/suivre-vos-envois?code="),
    (("mondial relay", "mondialrelay"), "https://www.mondialrelay.fr/suivi-de-colis/?numeroExpedition="),
    (("chronopost", "chrono shop2shop"), "https://www.chronopost.fr/tracking-no-cms/suivi-page?listeNumerosLT="),
    (("dpd",), "https://trace.dpd.fr/fr/trace/"),
    (("gls",), "https://gls-group.eu/FR/fr/suivi-colis?match="),
)
NUMBER = re.compile(r"(?=.*\d)[A-Za-z0-9]{6,40}")


def tracking_url(carrier: str, number: str) -> str:
    """The carrier's page of this parcel; "" where we know no page, or where it is no number."""
    plain = unicodedata.normalize("NFKD", carrier.casefold()).encode("ascii", "ignore").decode()
    said = f" {' '.join(re.findall(r'[a-z0-9]+', plain))} "
    code = re.sub(r"[\s.-]", "", number)
    if not NUMBER.fullmatch(code):
        return ""
    return next((url + quote(code) for names, url in TRACKING if any(f" {name} " in said for name in names)), "")
