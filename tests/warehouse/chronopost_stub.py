"""Chronopost's place: answers in the shapes of recorded exchanges (sources in `carriers/chronopost.py`)."""

import base64
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.etree import ElementTree

PDF, ZPL = b"%PDF-1.4 label", b"^XA\n^FO10,48^GB780,655,3^FS\n^FDXP503122466FR^FS\n^XZ\n"
MADE = """<reservationNumber>405588805031224667082</reservationNumber><resultMultiParcelValue>
<codeDepot>67099008</codeDepot><codeService>226</codeService><geoPostNumeroColis>XP503122466248W</geoPostNumeroColis>
<skybillNumber>XP503122466FR</skybillNumber></resultMultiParcelValue>"""
DAY = "<listeHoraireOuverture><horairesAsString>{}</horairesAsString><jour>{}</jour></listeHoraireOuverture>"
POINT = f"""<listePointRelais><actif>true</actif><adresse1>5 PLACE DE L&apos;ESPLANADE</adresse1><adresse2></adresse2>
<codePays>FR</codePays><codePostal>31450</codePostal><distanceEnMetre>0</distanceEnMetre><identifiant>8197P</identifiant>
{DAY.format("08:00-12:30 14:00-19:30", 2)}{DAY.format("00:00-00:00", 7)}
<localite>MONTGISCARD</localite><nom>TABAC PRESSE</nom><poidsMaxi>20</poidsMaxi></listePointRelais>"""
CLOSED = "<listePointRelais><actif>false</actif><identifiant>OFF01</identifiant></listePointRelais>"


def paper(content):
    """Base64 in lines, as it comes."""
    return f"<skybill>{base64.encodebytes(content).decode()}</skybill>"


def scans(*rows, number="XP503122466FR", infos=""):
    """`(code, date, words, place)`, the oldest first as it tells them; codes are padded."""
    made = "".join(
        f"<events><code>{code:<3}</code><eventDate>{date}</eventDate><eventLabel>{words}</eventLabel>"
        f"<highPriority>false</highPriority><NPC>31</NPC><officeLabel>{place}</officeLabel>{infos}</events>"
        for code, date, words, place in rows
    )
    return f"<listEventInfoComp>{made}<skybillNumber>{number}</skybillNumber></listEventInfoComp>"


def envelope(inside):
    soap = "http://schemas.xmlsoap.org/soap/envelope/"
    return f'<soap:Envelope xmlns:soap="{soap}"><soap:Body>{inside}</soap:Body></soap:Envelope>'.encode()


def fault(words):
    return 500, envelope(
        f"<soap:Fault><faultcode>soap:Client</faultcode><faultstring>{words}</faultstring></soap:Fault>"
    )


class Stub:
    """`say(operation, inside, code)`, several times for several answers in turn (the last stays), or raw
    `(status, body)`; `asked` holds (operation, its element)."""

    def __init__(self):
        self.answers, self.asked = {}, []
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                found = next(iter(next(iter(ElementTree.fromstring(body)))))
                namespace, _, name = found.tag.removeprefix("{").rpartition("}")
                stub.asked.append((name, found))
                assert namespace.split(".")[1].lower()[:6] in self.path
                told = stub.answers.get(name, [(503, b"")])
                status, content = told.pop(0) if len(told) > 1 else told[0]
                self.send_response(status)
                self.send_header("Content-Type", "text/xml; charset=utf-8")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def say(self, name, inside="", code="0", *, words="", raw=None):
        told = f"<return><errorCode>{code}</errorCode><errorMessage>{words}</errorMessage>{inside}</return>"
        whole = envelope(f'<n:{name}Response xmlns:n="http://cxf.soap.chronopost.fr/">{told}</n:{name}Response>')
        self.answers.setdefault(name, []).append(raw or (200, whole))

    def names(self):
        return [name for name, _found in self.asked]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
