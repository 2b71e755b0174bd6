"""Mondial Relay's place: answers as its documentation says (v5.7), written for the tests, kept in the order asked."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.etree import ElementTree

NAMESPACE = "http://www.mondialrelay.fr/webservice/"
POINT = """<PointsRelais><PointRelais_Details><STAT>0</STAT><Num>020465</Num><LgAdr1>TABAC DU MARCHE   </LgAdr1>
<LgAdr2 /><LgAdr3>12 RUE DE LA PAIX</LgAdr3><LgAdr4 /><CP>75002</CP><Ville>PARIS</Ville><Pays>FR</Pays>
<Latitude>48,8698</Latitude><Longitude>2,3312</Longitude><Distance>350</Distance>
<Horaires_Lundi><string>0900</string><string>1230</string><string>1400</string><string>1900</string></Horaires_Lundi>
<Horaires_Dimanche><string>0000</string><string>0000</string><string>0000</string><string>0000</string>
</Horaires_Dimanche></PointRelais_Details></PointsRelais>"""
LABEL = "<ExpeditionNum>31236567</ExpeditionNum><URL_Etiquette>/ww2/PDF/StickerMaker2.aspx?ens=BDTEST13&amp;exp=31236567</URL_Etiquette>"


def traced(*rows):
    """`(words, day, hour, place)` in the fifteen rows that the service always gives."""
    made = "".join(
        f"<ret_WSI2_sub_TracingColisDetaille><Libelle>{words}</Libelle><Date>{day}</Date><Heure>{hour}</Heure>"
        f"<Emplacement>{place}</Emplacement><Relais_Num /><Relais_Pays /></ret_WSI2_sub_TracingColisDetaille>"
        for words, day, hour, place in rows
    )
    empty = "<ret_WSI2_sub_TracingColisDetaille><Libelle /><Date /><Heure /></ret_WSI2_sub_TracingColisDetaille>"
    return f"<Libelle01>COLIS</Libelle01><Tracing>{made}{empty * 3}</Tracing>"


class Stub:
    """`say(name, stat, inside)` sets an answer; `asked` holds (method, {field: value}); `raw` is sent as it is."""

    def __init__(self):
        self.answers, self.asked, self.raw, self.status, self.pdf = {}, [], None, 200, b"%PDF-1.4 label"
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                found = next(iter(next(iter(ElementTree.fromstring(body)))))
                name = found.tag.rpartition("}")[2]
                stub.asked.append((name, {row.tag.rpartition("}")[2]: row.text or "" for row in found}))
                assert self.headers["SOAPAction"] == f'"{NAMESPACE}{name}"'
                self._send(stub.raw if stub.raw is not None else stub.envelope(name), "text/xml; charset=utf-8")

            def do_GET(self):
                stub.asked.append(("GET", {"path": self.path}))
                self._send(stub.pdf, "application/pdf")

            def _send(self, body, kind):
                self.send_response(stub.status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def say(self, name, stat, inside=""):
        self.answers[name] = (stat, inside)

    def envelope(self, name):
        stat, inside = self.answers.get(name, ("99", ""))
        return (
            '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
            f'<soap:Body><{name}Response xmlns="{NAMESPACE}"><{name}Result><STAT>{stat}</STAT>{inside}</{name}Result>'
            f"</{name}Response></soap:Body></soap:Envelope>"
        ).encode()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
