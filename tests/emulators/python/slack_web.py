"""Drives hinny's Slack for tests by slack_sdk's web client: what hinny posts, reads back, changes and uploads.

Arguments: the address of the API, the bot's token, the channel. Prints one JSON value per step.
"""

import json
import sys
import urllib.request

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    RichTextBlock,
    RichTextElementParts as parts,
    RichTextSectionElement,
)
from slack_sdk.models.metadata import Metadata

url, token, channel = sys.argv[1:]
client = WebClient(token=token, base_url=url + "/")
client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=2))


def show(step, **what):
    print(json.dumps({"step": step, **what}))


def refusal(call, **arguments):
    try:
        call(**arguments)
    except SlackApiError as error:
        return error.response["error"]
    return "none"


me = client.auth_test()
show("auth", user=me["user_id"], scopes=me.headers["x-oauth-scopes"])

words = RichTextBlock(elements=[RichTextSectionElement(elements=[parts.Text(text="Hello <!here>")])])
button = ActionsBlock(elements=[ButtonElement(text="Take", action_id="take", style="primary")])
metadata = Metadata(event_type="hinny", event_payload={"delivery": "d0", "part": 0})
card = client.chat_postMessage(channel=channel, text="Hello", blocks=[words, button], metadata=metadata)
root = card["ts"]
reply = client.chat_postMessage(channel=channel, thread_ts=root, text="A reply", unfurl_links=False)
show("posted", root=root, reply=reply["ts"])

replies = client.conversations_replies(channel=channel, ts=root, include_all_metadata=True, limit=200)
plain = client.conversations_replies(channel=channel, ts=root)
show(
    "read back",
    texts=[message["text"] for message in replies["messages"]],
    metadata=replies["messages"][0]["metadata"]["event_payload"],
    hidden="metadata" not in plain["messages"][0],
)
history = client.conversations_history(channel=channel, limit=10)
show("history", count=len(history["messages"]), replies=history["messages"][0]["reply_count"])

client.chat_update(channel=channel, ts=reply["ts"], text="A better reply")
client.reactions_add(channel=channel, timestamp=root, name="eyes")
again = refusal(client.reactions_add, channel=channel, timestamp=root, name="eyes")
client.reactions_remove(channel=channel, timestamp=root, name="eyes")
show("changed", again=again)

uploaded = client.files_upload_v2(channel=channel, thread_ts=root, filename="a.txt", content="some words")
file = uploaded["file"]["id"]
info = client.files_info(file=file)["file"]
request = urllib.request.Request(info["url_private"], headers={"Authorization": "Bearer " + token})
with urllib.request.urlopen(request) as answer:
    fetched = answer.read().decode()
with urllib.request.urlopen(info["url_private"]) as answer:
    page = answer.headers["content-type"]
show("file", fetched=fetched, without_token=page)

info = client.conversations_info(channel=channel)["channel"]
members = client.conversations_members(channel=channel)["members"]
show("channel", private=info["is_private"], member=info["is_member"], members=len(members))

client.chat_delete(channel=channel, ts=reply["ts"])
show(
    "refused",
    message=refusal(client.chat_delete, channel=channel, ts=reply["ts"]),
    channel=refusal(client.chat_postMessage, channel="C404", text="x"),
    thread=refusal(client.chat_postMessage, channel=channel, thread_ts="1.000000", text="x"),
    scope=refusal(client.conversations_join, channel=channel),
    user=refusal(client.users_info, user="U404"),
    blocks=refusal(client.chat_postMessage, channel=channel, text="x", blocks=[{"type": "nonsense"}]),
    field=refusal(client.chat_postMessage, channel=channel, text="x", colour="red"),
    token=refusal(WebClient(token="xoxb-wrong", base_url=url + "/").auth_test),
)

for number in range(6):
    client.chat_postMessage(channel=channel, text=f"fast {number}")
show("limits", kept=True)
