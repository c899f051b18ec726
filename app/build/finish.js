// The last step of a build: tells the service worker which files there are, and writes each file compressed beside it.
// Whoever edits a built file by hand runs it again.
//
//   node build/finish.js FOLDER

import { createHash } from "node:crypto";
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { brotliCompressSync, brotliDecompressSync, constants, gunzipSync, gzipSync } from "node:zlib";

/** Kinds of files that are compressed already. */
const PACKED = /\.(png|woff2|br|gz)$/;

/** All files of a folder by their paths from its root, in order. */
export function filesOf(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.map((file) => `/${relative(folder, file).split(sep).join("/")}`).sort();
}

/**
 * What the service worker keeps, each file with its hash in the form of Subresource Integrity, and a version that is
 * another one whenever a byte of it is.
 */
export function precache(folder) {
  const paths = filesOf(folder).filter((path) => path !== "/sw.js" && !/\.(br|gz)$/.test(path));
  const hash = (bytes, encoding) => createHash("sha256").update(bytes).digest(encoding);
  const integrity = (path) => `sha256-${hash(readFileSync(join(folder, path)), "base64")}`;
  const files = Object.fromEntries(paths.map((path) => [path, integrity(path)]));
  return { version: hash(JSON.stringify(files), "hex").slice(0, 16), files };
}

function compress(folder, path) {
  const plain = readFileSync(join(folder, path));
  // The core takes ten seconds: not again because another file was edited.
  if (isCompressed(join(folder, path), plain)) return;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length };
  const forms = { ".br": brotliCompressSync(plain, { params }), ".gz": gzipSync(plain, { level: 9 }) };
  for (const [ending, packed] of Object.entries(forms)) {
    // What does not get smaller is sent as it is.
    if (packed.length < plain.length) writeFileSync(join(folder, path + ending), packed);
    else rmSync(join(folder, path + ending), { force: true });
  }
}

/** Whether both forms are there, of just these bytes. */
function isCompressed(path, plain) {
  try {
    const forms = [brotliDecompressSync(readFileSync(`${path}.br`)), gunzipSync(readFileSync(`${path}.gz`))];
    return forms.every((form) => form.equals(plain));
  } catch {
    return false;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const folder = process.argv[2];
  const kept = precache(folder);
  const worker = join(folder, "sw.js");
  const script = readFileSync(worker, "utf8").replace(/^const PRECACHE=.*\n/, "");
  writeFileSync(worker, `const PRECACHE=${JSON.stringify(kept)};\n${script}`);
  for (const path of filesOf(folder)) if (!PACKED.test(path)) compress(folder, path);
}
