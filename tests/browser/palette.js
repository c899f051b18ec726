// Makes a picture of a browser a third as large: with a palette of at most 256 colours. Screens have few.

import { crc32, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = 8;
const MOST = 256;

/** A PNG of eight bits for red, green and blue, as browsers write it, with a palette instead. */
export function palette(png) {
  const { width, height, channels, data } = read(png);
  const pixels = unfilter(data, width, height, channels);
  const counts = new Map();
  for (let at = 0; at < pixels.length; at += channels) {
    const colour = colourAt(pixels, at);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const colours = [...counts].sort(([, one], [, other]) => other - one).map(([colour]) => colour);
  const chosen = colours.slice(0, MOST);
  const places = new Map(chosen.map((colour, place) => [colour, place]));
  // Those that are rarest become the one that is most like them: edges of letters.
  for (const colour of colours.slice(MOST)) places.set(colour, nearest(colour, chosen));
  const rows = Buffer.alloc((width + 1) * height);
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at += channels) {
      rows[row * (width + 1) + 1 + column] = places.get(colourAt(pixels, at));
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits, a palette.
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    png.subarray(0, SIGNATURE),
    chunk("IHDR", header),
    chunk("PLTE", Buffer.from(chosen.flatMap(parts))),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

const colourAt = (pixels, at) => (pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2];
const parts = (colour) => [colour >> 16, (colour >> 8) & 255, colour & 255];

function nearest(colour, chosen) {
  const [red, green, blue] = parts(colour);
  let best = 0;
  let least = Infinity;
  chosen.forEach((other, place) => {
    const [r, g, b] = parts(other);
    const distance = (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2;
    if (distance < least) [best, least] = [place, distance];
  });
  return best;
}

function read(png) {
  const data = [];
  let header;
  for (let at = SIGNATURE; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString("latin1", at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") header = body;
    if (type === "IDAT") data.push(body);
    at += 12 + length;
  }
  const channels = { 2: 3, 6: 4 }[header[9]];
  if (header[8] !== 8 || channels === undefined || header[12] !== 0) throw new Error("this PNG is of another kind");
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  return { width, height, channels, data: inflateSync(Buffer.concat(data)) };
}

/** Each row of a PNG is told by its difference to what lies left of it and above it. */
function unfilter(data, width, height, channels) {
  const length = width * channels;
  const pixels = Buffer.alloc(length * height);
  for (let row = 0; row < height; row++) {
    const kind = data[row * (length + 1)];
    for (let at = 0; at < length; at++) {
      const here = row * length + at;
      const left = at < channels ? 0 : pixels[here - channels];
      const above = row === 0 ? 0 : pixels[here - length];
      const corner = at < channels || row === 0 ? 0 : pixels[here - length - channels];
      const guess = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][kind];
      pixels[here] = data[row * (length + 1) + 1 + at] + guess;
    }
  }
  return pixels;
}

function paeth(left, above, corner) {
  const guess = left + above - corner;
  const [a, b, c] = [left, above, corner].map((value) => Math.abs(guess - value));
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}

function chunk(type, body) {
  const named = Buffer.concat([Buffer.from(type, "latin1"), body]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(body.length, 0);
  ends.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([ends.subarray(0, 4), named, ends.subarray(4)]);
}
