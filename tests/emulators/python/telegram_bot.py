"""Goes through the Bot API with python-telegram-bot: everything that hinny's bridge does, by another's client.

Called with the server's address, the token and the group. Prints what it saw, step by step.
"""

import asyncio
import json
import sys

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, ReactionTypeEmoji, ReplyParameters
from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter

PICTURE = b"\x89PNG\r\n\x1a\n" + b"picture"


def say(**what):
    print(json.dumps(what), flush=True)


async def messages(bot, chat, topic):
    quiet = LinkPreviewOptions(is_disabled=True)
    take = InlineKeyboardMarkup([[InlineKeyboardButton("Take", callback_data="take")]])
    first = await bot.send_message(chat, "Hello", message_thread_id=topic, link_preview_options=quiet, reply_markup=take)
    second = await bot.send_message(
        chat, "Again", message_thread_id=topic, link_preview_options=quiet,
        reply_parameters=ReplyParameters(first.message_id),
    )
    say(step="sent", topic=first.message_thread_id, reply_to=second.reply_to_message.message_id == first.message_id)
    edited = await bot.edit_message_text("Hello!", chat, first.message_id, link_preview_options=quiet)
    say(step="edited", text=edited.text, buttons=edited.reply_markup is not None)
    try:
        await bot.edit_message_text("Hello!", chat, first.message_id, link_preview_options=quiet)
    except BadRequest as error:
        say(step="unchanged", error=error.message[:35])
    await bot.set_message_reaction(chat, second.message_id, "👀")
    try:
        await bot.set_message_reaction(chat, second.message_id, ReactionTypeEmoji("❌"))
    except BadRequest as error:
        say(step="wrong reaction", error=error.message)
    say(step="deleted", done=await bot.delete_message(chat, second.message_id))


async def files(bot, chat, topic):
    photo = await bot.send_photo(chat, PICTURE, message_thread_id=topic, caption="Look")
    document = await bot.send_document(chat, b"words", message_thread_id=topic, filename="a.txt")
    found = await bot.get_file(document.document.file_id)
    content = bytes(await found.download_as_bytearray())
    say(step="files", sizes=len(photo.photo), caption=photo.caption, name=document.document.file_name,
        content=content.decode())


async def updates(bot):
    """Three things happen in the group once the test reads the line before; all are confirmed by the last call."""
    kinds = ["message", "edited_message", "callback_query", "message_reaction"]
    await bot.get_updates(timeout=0, allowed_updates=kinds)
    say(step="listening")
    sys.stdin.readline()
    seen = await bot.get_updates(timeout=5, allowed_updates=kinds)
    for update in seen:
        if update.callback_query:
            await update.callback_query.answer()
            say(step="pressed", data=update.callback_query.data, by=update.callback_query.from_user.first_name)
        elif update.message_reaction:
            say(step="reacted", sign=update.message_reaction.new_reaction[0].emoji)
        elif update.edited_message:
            say(step="changed", text=update.edited_message.text)
        else:
            say(step="said", text=update.message.text, topic=update.message.message_thread_id)
    await bot.get_updates(offset=seen[-1].update_id + 1, timeout=0)


async def errors(bot, chat, url):
    for wrong in ("0", "-5"):
        try:
            await bot.get_chat(wrong)
        except BadRequest as error:
            say(step="error", error=error.message)
    try:
        await Bot("1:wrong", base_url=f"{url}/bot", base_file_url=f"{url}/file/bot").get_me()
    except InvalidToken as error:
        say(step="token", error=str(error)[:30])
    say(step="ready for faults")
    for _ in range(2):
        sys.stdin.readline()
        try:
            await bot.send_message(chat, "Too much", link_preview_options=LinkPreviewOptions(is_disabled=True))
        except RetryAfter as error:
            say(step="wait", seconds=getattr(error.retry_after, "total_seconds", lambda: error.retry_after)())
        except Forbidden as error:
            say(step="kicked", error=error.message)


async def main(url, token, chat):
    async with Bot(token, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot") as bot:
        say(step="me", name=bot.username, reads_all=bot.bot.can_read_all_group_messages)
        group = await bot.get_chat(chat)
        member = await bot.get_chat_member(chat, bot.id)
        admins = await bot.get_chat_administrators(chat)
        say(step="group", forum=group.is_forum, status=member.status, topics=member.can_manage_topics, admins=len(admins))
        topic = (await bot.create_forum_topic(chat, "Ada")).message_thread_id
        await bot.edit_forum_topic(chat, topic, name="Ada Lovelace")
        await bot.send_chat_action(chat, "typing", message_thread_id=topic)
        await messages(bot, chat, topic)
        await files(bot, chat, topic)
        await updates(bot)
        await bot.close_forum_topic(chat, topic)
        await bot.reopen_forum_topic(chat, topic)
        await bot.delete_forum_topic(chat, topic)
        await errors(bot, chat, url)


asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
