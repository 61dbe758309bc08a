// A small language model behind OpenAI's chat completions, streamed: `node serve.mjs FILE.gguf`. Prints its address.
// One question at a time; what it does not know of the interface it ignores.

import { createServer } from "node:http";
import { getLlama, LlamaChatSession } from "node-llama-cpp";

const llama = await getLlama({ gpu: false, build: "never", logLevel: "error" });
const model = await llama.loadModel({ modelPath: process.argv[2] });
// More threads than free processors wait for each other at every token.
const context = await model.createContext({ contextSize: 4096, threads: 1 });
const sequence = context.getSequence();

/** The whole body of a request as JSON. */
async function read(request) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  return JSON.parse(Buffer.concat(pieces).toString());
}

function event(response, delta, finish = null) {
  const choice = { index: 0, delta, finish_reason: finish };
  response.write(`data: ${JSON.stringify({ object: "chat.completion.chunk", choices: [choice] })}\n\n`);
}

async function answer(request, response) {
  const call = await read(request);
  const [system, user] = call.messages.map((message) => message.content);
  await sequence.clearHistory();
  const session = new LlamaChatSession({ contextSequence: sequence, systemPrompt: system });
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  response.writeHead(200, { "content-type": "text/event-stream" });
  await session.prompt(user, {
    maxTokens: call.max_completion_tokens,
    temperature: call.temperature ?? 0,
    onTextChunk: (content) => event(response, { content }),
    signal: gone.signal,
    stopOnAbortSignal: true,
  });
  session.dispose({ disposeSequence: false });
  event(response, {}, "stop");
  response.end("data: [DONE]\n\n");
}

let last = Promise.resolve();
const server = createServer((request, response) => {
  last = last
    .then(() => answer(request, response))
    .catch((error) => {
      console.error(error);
      response.destroy();
    });
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/v1`));
