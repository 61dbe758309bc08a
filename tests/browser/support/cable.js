/** The cable between a browser and the server: it can be cut, mended, made to lose what the server says, and be slow. */

import { once } from "node:events";
import { connect, createServer } from "node:net";

export class Cable {
  constructor(port) {
    this.port = port;
    this.pairs = new Set();
    this.whole = true;
    this.mute = false;
    this.most = Infinity;
    this.server = createServer((near) => this.carry(near));
  }

  /** A cable to the server on this port; `url` is its near end. */
  static async to(port) {
    const cable = new Cable(port);
    cable.server.listen(0, "127.0.0.1");
    await once(cable.server, "listening");
    cable.url = `http://127.0.0.1:${cable.server.address().port}`;
    return cable;
  }

  carry(near) {
    if (!this.whole) return near.destroy();
    const far = connect(this.port, "127.0.0.1");
    const pair = { near, far };
    this.pairs.add(pair);
    let carried = 0;
    near.on("data", (data) => {
      far.write(data);
      if ((carried += data.length) > this.most) near.pause();
    });
    far.on("data", (data) => void (this.mute || near.write(data)));
    const over = () => {
      this.pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const end of [near, far]) end.on("close", over).on("error", over);
  }

  /** From now on nothing that the server says arrives. */
  losesAnswers() {
    this.mute = true;
  }

  /** From now on it carries only so many bytes of each connection to the server; the rest waits. */
  carriesAtMost(bytes) {
    this.most = bytes;
  }

  cut() {
    this.whole = false;
    for (const { near } of [...this.pairs]) near.destroy();
  }

  mend() {
    this.whole = true;
    this.mute = false;
  }

  async close() {
    this.cut();
    this.server.close();
    await once(this.server, "close");
  }
}
