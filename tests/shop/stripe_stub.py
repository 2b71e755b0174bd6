"""What Stripe's API answers, in a thread: enough of it for the calls that Rebond makes and localstripe does not know.

It keeps what it was asked (`asked`), and treats idempotency keys as Stripe does: the same key with the same words gives
the first answer again, with other words it is refused. Shapes are those of Stripe's documentation.
"""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


def tree(pairs):
    """`a[b][0]=c` as nested dictionaries and lists."""
    made = {}
    for key, value in pairs:
        at, names = made, re.findall(r"[^\[\]]+", key)
        for name in names[:-1]:
            at = at.setdefault(name, {})
        at[names[-1]] = value
    return _lists(made)


def _lists(found):
    if not isinstance(found, dict):
        return found
    if found and all(key.isdecimal() for key in found):
        return [_lists(value) for _key, value in sorted(found.items(), key=lambda row: int(row[0]))]
    return {key: _lists(value) for key, value in found.items()}


class StripeStub:
    """`things` by id; `refuse` holds errors to answer 400 with, by path (`GET path` for a look); `down` answers nothing but 503."""

    def __init__(self):
        self.things, self.asked, self.known, self.refuse, self.down = {}, [], {}, {}, False
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                stub.answer(self, tree(parse_qsl(urlsplit(self.path).query)))

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if self.headers.get("Content-Type", "").startswith("multipart/"):
                    stub.answer(self, {"file": len(body)})  # its name and purpose are in it, as its bytes
                else:
                    stub.answer(self, tree(parse_qsl(body.decode(), keep_blank_values=True)))

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, request, params):
        path = urlsplit(request.path).path.removeprefix("/v1/")
        key = request.headers.get("Idempotency-Key") if request.command == "POST" else None
        self.asked.append((request.command, path, params, key, request.headers.get("Stripe-Account")))
        status, found = self._find(request.command, path, params, key, request.headers.get("Stripe-Account"))
        body = json.dumps(found).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def _find(self, method, path, params, key, account):
        if self.down:
            return 503, {"error": {"type": "api_error", "message": "down"}}
        refused = self.refuse.get(path) if method == "POST" else self.refuse.get(f"{method} {path}")
        if refused:
            return 400, {"error": {"type": "invalid_request_error", "message": refused}}
        if key is not None and key in self.known:
            before, made = self.known[key]
            if before != (path, params):
                return 400, {"error": {"type": "idempotency_error", "message": "other words for the same key"}}
            return 200, made
        if method == "GET":
            return self._get(path, params)
        made = self._make(path, params, account)
        if key is not None:
            self.known[key] = ((path, params), made)
        return 200, made

    def _get(self, path, params):
        if path == "account":
            return 200, self.things.get("account", {"id": "acct_own", "object": "account", "charges_enabled": True})
        if path == "balance_transactions":
            rows = [row for row in self.things.get("movements", []) if self._is_within(row, params["created"])]
            ids = [row["id"] for row in rows]
            start = ids.index(params["starting_after"]) + 1 if "starting_after" in params else 0
            shown = rows[start : start + int(params.get("limit", 10))]
            more = start + len(shown) < len(rows)
            return 200, {"object": "list", "url": "/v1/balance_transactions", "has_more": more, "data": shown}
        if path in {"transfers", "payouts", "refunds"}:
            return 200, {"object": "list", "url": f"/v1/{path}", "has_more": False, "data": self._list(path, params)}
        if path.endswith("/reversals"):
            made = [row for row in self._list("transfer_reversals", {}) if row["transfer"] == path.split("/")[1]]
            return 200, {"object": "list", "url": f"/v1/{path}", "has_more": False, "data": made}
        found = self.things.get(path.rsplit("/", 1)[-1])
        if found is None:
            return 404, {"error": {"type": "invalid_request_error", "message": f"No such thing: {path}"}}
        return 200, found

    def _list(self, path, params):
        wanted = {k: v for k, v in params.items() if k in {"transfer_group", "payment_intent"}}
        rows = [row for row in self.things.values() if isinstance(row, dict) and row.get("object") == path[:-1]]
        return [row for row in rows if all(row.get(k) == v for k, v in wanted.items())]

    def _is_within(self, row, created):
        return int(created["gte"]) <= row["created"] < int(created["lt"])

    def _make(self, path, params, account):
        if path.startswith("disputes/"):
            name = path.split("/")[1]
            return {"id": name, "object": "dispute", "status": "lost" if path.endswith("/close") else "under_review"}
        number = len(self.things) + 1
        kind, prefix, more = {
            "checkout/sessions": ("checkout.session", "cs_test_", {"status": "open", "payment_status": "unpaid"}),
            "refunds": ("refund", "re_", {"status": "succeeded"}),
            "transfers": ("transfer", "tr_", {}),
            "payouts": ("payout", "po_", {"status": "pending"}),
            "accounts": ("account", "acct_", {"charges_enabled": False, "payouts_enabled": False}),
            "files": ("file", "file_", {}),
            "account_links": ("account_link", "al_", {"url": "https://connect.stripe.com/setup/e/x"}),
        }.get(path) or ("transfer_reversal", "trr_", {})
        made = {"id": f"{prefix}{number}", "object": kind, **params, **more}
        for name in ("amount", "amount_total"):
            if name in made:
                made[name] = int(made[name])
        if kind == "checkout.session":
            made["url"] = f"https://checkout.stripe.com/c/pay/{made['id']}"
            made["amount_total"] = sum(
                int(row["price_data"]["unit_amount"]) * int(row["quantity"]) for row in params["line_items"]
            )
        if kind == "transfer_reversal":
            self._reverse(made, path.split("/")[1])
        self.things[made["id"]] = made
        return made

    def _reverse(self, made, transfer_id):
        """The transfer says what came back of it."""
        transfer = self.things.setdefault(transfer_id, {"id": transfer_id, "object": "transfer", "amount": 10**9})
        made.setdefault("amount", transfer["amount"] - transfer.get("amount_reversed", 0))
        made["transfer"] = transfer_id
        transfer["amount_reversed"] = transfer.get("amount_reversed", 0) + made["amount"]
        transfer["reversed"] = transfer["amount_reversed"] >= transfer["amount"]
