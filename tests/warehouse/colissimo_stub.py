"""Colissimo's and La Poste's places: answers in the shapes of the recorded exchanges of public integrations.

Labels and points: `akretion/roulier` (2024 and 2025), errors included; tracking: `karrio` and La Poste's OpenAPI document.
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BOUNDARY = "uuid:1319cc1c-95c7-4233-ad64-0d0bba481500"
DONE = {"id": "0", "type": "INFOS", "messageContent": "La requête a été traitée avec succès", "replacementValues": []}
ZPL = b"\xef\xbb\xbf\xef\xbb\xbf\x10CT~~CD,~CC^~CT~\n^XA\n^PW812\n^FDFR-COL-1175^FS\n^PQ1,0,1,Y^XZ\n"
PDF = b"%PDF-1.4 \xff\x00 label\r\n--not a boundary\r\n\r\n%%EOF"
SUNDAY = "00:00-00:00 00:00-00:00"
POINT = {
    "identifiant": "060567", "nom": "BUREAU DE POSTE VILLEURBANNE BELLECOMBE RP", "adresse1": "13 RUE BELLECOMBE",
    "adresse2": "CARREFOUR CITY", "adresse3": "", "codePostal": "69100", "localite": "VILLEURBANNE",
    "horairesOuvertureLundi": "09:00-12:00 14:00-18:00", "horairesOuvertureMardi": "07:00-21:00 00:00-00:00",
    "horairesOuvertureDimanche": SUNDAY, "typeDePoint": "BPR", "poidsMaxi": 30000, "reseau": "R01", "codePays": "FR",
}  # fmt: skip


def labelled(label=PDF, number="9V34929818521"):
    """`generateLabel` and `getLabel`: multipart/related, as CXF writes it."""
    told = {"messages": [DONE], "labelXmlV2Reponse": None, "labelV2Response": {
        "parcelNumber": number, "parcelNumberPartner": "0075004119V3492981852802250G", "pdfUrl": None}}  # fmt: skip
    parts = {"<jsonInfos>": json.dumps(told).encode(), "<label>": label}
    body = b""
    for name, content in parts.items():
        kind = "application/json;charset=UTF-8" if name == "<jsonInfos>" else "application/octet-stream"
        head = f"\r\n--{BOUNDARY}\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: binary\r\nContent-ID: {name}"
        body += head.encode() + b"\r\n\r\n" + content
    kind = f'multipart/related; type="application/json"; boundary="{BOUNDARY}"; start="<jsonInfos>"'
    return 200, kind, body + f"\r\n--{BOUNDARY}--".encode()


def refused(code, said="", status=400):
    row = {"id": code, "type": "ERROR", "messageContent": said, "replacementValues": []}
    return status, "application/json;charset=UTF-8", json.dumps({"messages": [row]}).encode()


def told(value, status=200):
    return status, "application/json", json.dumps(value).encode()


def found(*points, code=0):
    return told({"errorCode": code, "errorMessage": "", "listePointRetraitAcheminement": list(points), "rdv": False})


def place(point, code=0):
    """`findPointRetraitAcheminementByID`."""
    return told({"errorCode": code, "errorMessage": "", "pointRetraitAcheminement": point})


def tracked(*rows, code=200, status=200):
    """`(code, date, label)`, the latest first as La Poste tells them."""
    events = [{"code": one, "date": date, "label": label} for one, date, label in rows]
    shipment = {"idShip": "9V34929818521", "holder": 4, "product": "colissimo", "isFinal": False, "event": events}
    return told([{"lang": "fr_FR", "scope": "open", "returnCode": code, "shipment": shipment}], status)


class Stub:
    """`say(end of the path, answer)`; `asked` holds (path, headers, body)."""

    def __init__(self):
        self.answers, self.asked = {}, []
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self._answer(json.loads(body))

            def do_GET(self):
                self._answer(None)

            def _answer(self, body):
                stub.asked.append((self.path, dict(self.headers), body))
                path = self.path.partition("?")[0]
                found = next((answer for end, answer in stub.answers.items() if path.endswith(end)), None)
                status, kind, content = found or (503, "text/html", b"<html>Service Unavailable</html>")
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def say(self, end, answer):
        self.answers[end] = answer

    def close(self):
        self.server.shutdown()
        self.server.server_close()
