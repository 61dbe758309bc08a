"""Goes through Discord's REST API and gateway with discord.py: everything that hinny's bridge does, by another's client.

Called with the server's address, the token, the channel and the forum. Prints what it saw, step by step.
"""

import asyncio
import io
import json
import sys

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

URL, TOKEN, CHANNEL, FORUM = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
Route.BASE = f"{URL}/api/v10"
DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(URL.replace("http", "ws", 1) + "/gateway")
NOBODY = discord.AllowedMentions.none()


def say(**what):
    print(json.dumps(what), flush=True)


class Bot(discord.Client):
    def __init__(self):
        intents = discord.Intents(guilds=True, messages=True, reactions=True, typing=True, message_content=True)
        super().__init__(intents=intents, allowed_mentions=NOBODY)
        self.listening = False

    async def on_error(self, event, *arguments):
        say(step="failed", event=event, error=repr(sys.exc_info()[1]))
        await self.close()

    async def on_ready(self):
        try:
            await self.steps()
        except Exception as error:
            say(step="failed", error=repr(error))
            await self.close()

    async def steps(self):
        channel = self.get_channel(CHANNEL)
        guild = channel.guild
        say(step="ready", name=self.user.name, guild=guild.name, private=not channel.permissions_for(guild.default_role).view_channel,
            threads=channel.permissions_for(guild.me).create_public_threads)
        view = discord.ui.View(timeout=None)
        view.add_item(discord.ui.Button(label="Take", custom_id="take", style=discord.ButtonStyle.primary))
        card = await channel.send("The card", view=view, nonce="abc", suppress_embeds=True)
        thread = await card.create_thread(name="Ada", auto_archive_duration=10080)
        await self.messages(thread)
        await self.life(thread)
        forum = self.get_channel(FORUM)
        made = await forum.create_thread(name="Bob", content="The card of Bob", auto_archive_duration=10080)
        active = await guild.active_threads()
        say(step="forum", first=made.message.id == made.thread.id, active=sorted(one.name for one in active))
        member = await guild.fetch_member(self.user.id)
        say(step="guild", roles=[role.name for role in await guild.fetch_roles()], own=[role.name for role in member.roles])
        self.listening = True
        say(step="listening", thread=thread.id, card=card.id)

    async def messages(self, thread):
        first = await thread.send("Hello", nonce="n1")
        second = await thread.send("Again", reference=first, mention_author=False)
        say(step="sent", reply=second.reference.message_id == first.id)
        edited = await first.edit(content="Hello!")
        say(step="edited", text=edited.content, at=edited.edited_at is not None)
        await second.add_reaction("👀")
        await second.remove_reaction("👀", self.user)
        upload = await thread.send("Look", file=discord.File(io.BytesIO(b"words"), "a.txt"))
        content = await upload.attachments[0].read()
        say(step="file", name=upload.attachments[0].filename, content=content.decode())
        await second.delete()
        history = [message.content async for message in thread.history(limit=10, after=thread, oldest_first=True)]
        say(step="history", texts=history)
        try:
            await thread.send("x" * 2001)
        except discord.HTTPException as error:
            say(step="too long", status=error.status, code=error.code)
        async with thread.typing():
            pass

    async def life(self, thread):
        await thread.edit(archived=True)
        try:
            await thread.send("asleep?")
            say(step="asleep", code=0)
        except discord.HTTPException as error:
            say(step="asleep", code=error.code)
        opened = await thread.edit(archived=False)
        await thread.add_user(discord.Object(4242))
        say(step="awake", archived=opened.archived)

    async def on_message(self, message):
        if message.author.id == self.user.id:
            return
        member = message.author
        say(step="said", text=message.content, by=member.display_name, roles=[role.name for role in member.roles[1:]],
            quotes=message.reference is not None)

    async def on_raw_message_edit(self, payload):
        if payload.data["author"]["id"] != str(self.user.id):
            say(step="changed", text=payload.data["content"])

    async def on_raw_message_delete(self, payload):
        if self.listening:
            say(step="deleted", id=payload.message_id)

    async def on_raw_reaction_add(self, payload):
        if payload.user_id != self.user.id:
            say(step="reacted", sign=str(payload.emoji))

    async def on_interaction(self, interaction):
        await interaction.response.defer()
        say(step="pressed", action=interaction.data["custom_id"], by=interaction.user.display_name)
        await self.close()


async def main():
    async with Bot() as bot:
        await bot.start(TOKEN)


asyncio.run(main())
