// Starts npm's telegram-test-api for hinny's tests and lets them drive it by lines of JSON: the first
// line out is {"url"}, each message of the bot's comes out as {"posted"}, and each {"say"} that comes in
// is a message of a person's. Ends with its standard input.

const net = require("node:net");
const readline = require("node:readline");

const TelegramServer = require("telegram-test-api");

function freePort() {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function print(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function main() {
  const port = await freePort();
  const server = new TelegramServer({ host: "127.0.0.1", port });
  server.on("AddedBotMessage", () => print({ posted: server.storage.botMessages.at(-1).message }));
  await server.start();
  print({ url: `http://127.0.0.1:${port}` });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    await server.addUserMessage(JSON.parse(line).say);
  }
  await server.stop();
}

main();
