"""A bot that calls John, follows the call by its notifications and hangs up. Python 3.9 or newer, standard library only."""
import base64
import errno
import hashlib
import json
import os
import queue
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

# Where nothing is set: the simulator on its own port, and the bot of its built-in world.
GRAPH = os.environ.get("GRAPH_BASE_URL", "http://localhost:5050")
AUTHORITY = os.environ.get("GRAPH_AUTHORITY_URL", "http://localhost:5050")
OPENID = os.environ.get("BOT_NOTIFICATION_OPENID", "http://localhost:5050/v1/.well-known/OpenIdConfiguration")
TENANT = os.environ.get("GRAPH_TENANT_ID", "aa67bd4c-8475-432d-bd41-39f255720e0a")
APP = os.environ.get("GRAPH_CLIENT_ID", "2891555a-92ff-42e6-80fa-6e1300c6b5c6")
SECRET = os.environ.get("GRAPH_CLIENT_SECRET", f"simulated-{APP}")
PORT = int(os.environ.get("BOT_CALLBACK_PORT", "3978"))
RS256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")  # "a SHA-256 digest follows", RFC 8017, section 9.2


def ask(url, body=None, method="GET", headers=None):
    try:
        with urlopen(Request(url, body, headers or {}, method=method), timeout=10) as response:
            return json.loads(response.read() or "null")
    except HTTPError as error:
        if error.code != 429:
            raise
        # Throttled: nothing was done, so that even a create may be repeated, and never sooner than it says.
        seconds = float(error.headers.get("Retry-After", "1"))
        print(f"throttled: waiting {seconds:g} s", flush=True)
        time.sleep(seconds)
        return ask(url, body, method, headers)


def decoded(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def refusal(authorization):
    """Anybody can post to a callback: only a token that the calling platform signed for this bot, valid now, proves a post."""
    try:
        header, claims, signature = authorization.split(" ")[1].split(".")
        key = KEYS[json.loads(decoded(header))["kid"]]
        modulus, exponent = (int.from_bytes(decoded(key[part]), "big") for part in ("n", "e"))
        digest = RS256_PREFIX + hashlib.sha256(f"{header}.{claims}".encode()).digest()
        padded = b"\x01" + b"\xff" * (len(decoded(key["n"])) - len(digest) - 3) + b"\x00" + digest
        said = json.loads(decoded(claims))
        if pow(int.from_bytes(decoded(signature), "big"), exponent, modulus) != int.from_bytes(padded, "big"):
            return "its token is not signed with the key that it names"
        if said["aud"] != APP or said["iss"] != CONFIGURATION["issuer"]:
            return f"its token is from {said['iss']} for {said['aud']}"
        return None if said["nbf"] - 300 < time.time() < said["exp"] else "its token is not valid now"
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return "it has no token that names a published key"


class Callback(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        refused = refusal(self.headers["Authorization"])
        self.send_response(401 if refused else 202)  # at once: the next notification must not wait for what the bot does
        self.send_header("Content-Length", "0")
        self.end_headers()
        if refused:
            print(f"refused a post: {refused}", flush=True)
        else:
            NOTIFICATIONS.put(json.loads(body))

    def log_message(self, *_):
        """The bot prints its own lines."""


form = {"grant_type": "client_credentials", "client_id": APP, "client_secret": SECRET, "scope": "https://graph.microsoft.com/.default"}
token = ask(f"{AUTHORITY}/{TENANT}/oauth2/v2.0/token", urlencode(form).encode(), "POST")
headers = {"Authorization": f"Bearer {token['access_token']}", "Content-Type": "application/json"}

# The keys of the calling platform. A bot that runs for days fetches them again when a token names a key that it does not have.
CONFIGURATION = ask(OPENID)
KEYS = {key["kid"]: key for key in ask(CONFIGURATION["jwks_uri"])["keys"]}
NOTIFICATIONS = queue.Queue()
try:
    server = ThreadingHTTPServer(("127.0.0.1", PORT), Callback)
except OSError as error:
    taken = f"port {PORT} is taken, perhaps by a bot that still runs: end that, or set BOT_CALLBACK_PORT to another port (0: any free one)"
    sys.exit(taken if error.errno == errno.EADDRINUSE else str(error))
threading.Thread(target=server.serve_forever, daemon=True).start()
callback_uri = f"http://127.0.0.1:{server.server_port}/api/calls"
print(f"listening at {callback_uri}", flush=True)

john = {"displayName": "John", "id": "112f7296-5fa4-42ca-bae8-6a692b15d4b8"}
call = {
    "@odata.type": "#microsoft.graph.call",
    "callbackUri": callback_uri,
    "targets": [{"@odata.type": "#microsoft.graph.participantInfo", "identity": {"user": john}}],
    "requestedModalities": ["audio"],
    "mediaConfig": {"@odata.type": "#microsoft.graph.serviceHostedMediaConfig"},
}
created = ask(f"{GRAPH}/beta/app/calls", json.dumps(call).encode(), "POST", headers)
print(f"call {created['id']} was created", flush=True)

hung_up = False
try:
    while True:
        for change in NOTIFICATIONS.get(timeout=60)["value"]:
            data = change["resourceData"]
            end = data.get("resultInfo")
            print(f"the call is {data['state']}" + (f": {end['code']}/{end['subcode']} {end['message']}" if end else ""), flush=True)
            if data["state"] == "established" and not hung_up:
                hung_up = True  # Graph repeats established whenever something about the call changes
                ask(f"{GRAPH}/beta{change['resource']}", None, "DELETE", headers)
            if data["state"] == "terminated":
                sys.exit(0)
except queue.Empty:
    sys.exit("nothing has come for a minute")
