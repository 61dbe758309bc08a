"""Listens to hinny's Slack for tests by slack_sdk's Socket Mode client, and acknowledges what comes.

Arguments: the address of the API, the bot's token, the app-level token. Prints one JSON value per envelope, until its
input ends.
"""

import json
import sys
import threading

from slack_sdk import WebClient
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse

url, bot_token, app_token = sys.argv[1:]
web = WebClient(token=bot_token, base_url=url + "/")
# The client asks for its socket by a web client of its own.
client = SocketModeClient(
    app_token=app_token,
    web_client=WebClient(base_url=url + "/"),
    auto_reconnect_enabled=True,
    ping_interval=1,
)


lock = threading.Lock()


def show(value):
    # The client calls from several threads.
    with lock:
        sys.stdout.write(json.dumps(value) + "\n")
        sys.stdout.flush()


def listen(client, request):
    client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))
    payload = request.payload
    show({"type": request.type, "retry": request.retry_attempt, "payload": payload})


client.socket_mode_request_listeners.append(listen)
client.connect()
show({"connected": web.auth_test()["ok"]})
sys.stdin.read()
try:
    client.close()
except AttributeError:
    # Two of the client's own threads may close its socket at once; the later one finds none.
    pass
