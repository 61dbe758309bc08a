/** A picture that a browser can show, made here: a field of one colour as PNG. */

import { deflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A file for a picker. */
export function picture(name, width = 64, height = 48, colour = [40, 120, 200]) {
  return { name, mimeType: "image/png", buffer: png(width, height, colour) };
}

/** A lamp on a table, as a visitor would photograph it. */
export function photo(name, width = 480, height = 320) {
  return { name, mimeType: "image/png", buffer: painted(width, height, (x, y) => lamp(x / width, y / height)) };
}

/** What is seen at a place of the photograph: a lit shade on a thin foot, a warm wall, a table. */
function lamp(x, y) {
  const light = Math.max(0, 1 - Math.hypot(x - 0.5, (y - 0.42) * 0.8) / 0.6);
  const shade = y > 0.2 && y < 0.48 && Math.abs(x - 0.5) < 0.08 + (y - 0.2) * 0.3;
  const foot = y >= 0.48 && y < 0.82 && Math.abs(x - 0.5) < (y > 0.78 ? 0.1 : 0.012);
  const colour = shade ? [255, 226, 160] : foot ? [90, 62, 40] : y > 0.8 ? [120, 84, 58] : [96, 84, 80];
  const glow = shade || foot ? 0 : light * 0.7;
  // Broad steps instead of a smooth glow keep the file small.
  const step = Math.round(glow * 6) / 6;
  return colour.map((part, at) => Math.round(part + ([255, 220, 165][at] - part) * step));
}

/** A face with hair, for a small round picture. */
export function portrait(skin, hair, size = 96) {
  const back = [206, 222, 218];
  const seen = (x, y) => {
    const face = Math.hypot(x - 0.5, (y - 0.45) * 0.85) < 0.2;
    const body = Math.hypot(x - 0.5, y - 1.02) < 0.34;
    const crown = Math.hypot(x - 0.5, (y - 0.4) * 0.95) < 0.25 && y < 0.4;
    return crown ? hair : face ? skin : body ? [70, 110, 120] : back;
  };
  return painted(size, size, (x, y) => seen(x / size, y / size));
}

function painted(width, height, colourAt) {
  const rows = Array.from({ length: height }, (_, y) => {
    const row = Array.from({ length: width }, (_, x) => colourAt(x, y)).flat();
    return Buffer.from([0, ...row]);
  });
  return file(width, height, Buffer.concat(rows));
}

function png(width, height, colour) {
  return painted(width, height, () => colour);
}

function file(width, height, rows) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits for each of red, green and blue.
  header.set([8, 2], 8);
  const pixels = deflateSync(rows);
  return Buffer.concat([SIGNATURE, chunk("IHDR", header), chunk("IDAT", pixels), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** The check sum of PNG (https://www.w3.org/TR/png-3/#D-CRCAppendix); older versions of Node have none. */
function crc32(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return (sum ^ 0xffffffff) >>> 0;
}
