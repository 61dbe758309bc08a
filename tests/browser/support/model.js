/** A language model that writes what it is given here, whatever it is asked: an OpenAI-compatible server. */

import { once } from "node:events";
import { createServer } from "node:http";

export class Model {
  constructor(words) {
    this.words = words;
    this.asked = 0;
    this.gate = null;
    this.server = createServer((request, response) => this.answer(request, response));
  }

  static async writing(words) {
    const model = new Model(words);
    model.server.listen(0, "127.0.0.1");
    await once(model.server, "listening");
    model.url = `http://127.0.0.1:${model.server.address().port}/v1`;
    return model;
  }

  /** From now on it stops after each first sentence, until it `goesOn`. */
  pauses() {
    this.gate = new Promise((go) => (this.goesOn = go));
  }

  /** Each question gets the next few of the words, as sentences that name a passage. */
  async answer(request, response) {
    for await (const chunk of request) void chunk;
    const from = (this.asked++ * 40) % this.words.length;
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    for (const word of this.words.slice(from, from + 40)) {
      const choice = { index: 0, delta: { content: `${word} [1].\n` }, finish_reason: null };
      response.write(`data: ${JSON.stringify({ id: "m", object: "chat.completion.chunk", created: 1, model: "m", choices: [choice] })}\n\n`);
      await this.gate;
    }
    response.end("data: [DONE]\n\n");
  }

  async close() {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }
}
