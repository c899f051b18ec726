// The files of SQLite in the browser, behind the back of the app, which must not be open: in each a head of 4,096 bytes
// says which of SQLite's files it is, and the rest is that file (`sqlite-wasm-vfs`, sahpool).

/** Installs what the functions below run in a page. */
function reach(tab) {
  return tab.run(() => {
    const HEAD = 4096;
    const slots = async () => {
      let folder = await navigator.storage.getDirectory();
      for (const name of ["roadbook", "roadbook", ".opaque"]) folder = await folder.getDirectoryHandle(name);
      const all = [];
      for await (const entry of folder.values()) {
        const bytes = new Uint8Array(await (await entry.getFile()).arrayBuffer());
        const name = new TextDecoder().decode(bytes.subarray(0, 512)).replace(/\0+$/, "");
        all.push({ entry: entry.name, name, bytes: bytes.slice(HEAD) });
      }
      return { folder, all, of: (end) => all.find(({ name }) => name.endsWith(end)) };
    };
    /** The pages of a log up to its last commit, and how many came after it. */
    const read = (log) => {
      const [view, pages, open] = [new DataView(log.buffer), new Map(), new Map()];
      if (log.length < 32) return { pages, open: 0, size: undefined };
      const pageSize = view.getUint32(8);
      let size;
      for (let at = 32; at + 24 + pageSize <= log.length; at += 24 + pageSize) {
        // Of this log, and not of the one before, whose bytes are not removed.
        if (view.getUint32(at + 8) !== view.getUint32(16) || view.getUint32(at + 12) !== view.getUint32(20)) break;
        open.set(view.getUint32(at), log.subarray(at + 24, at + 24 + pageSize));
        if (view.getUint32(at + 4) === 0) continue;
        size = view.getUint32(at + 4);
        for (const [page, bytes] of open) pages.set(page, bytes);
        open.clear();
      }
      return { pages, open: open.size, size };
    };
    const write = async (folder, entry, name, kind, bytes) => {
      const file = new Uint8Array(HEAD + bytes.length);
      new TextEncoder().encodeInto(name, file);
      new DataView(file.buffer).setUint32(512, kind);
      file.set(bytes, HEAD);
      const stream = await (await folder.getFileHandle(entry, { create: true })).createWritable();
      await stream.write(file);
      await stream.close();
    };
    /** The file with what its log holds, as one without a log; so many pages more than that stand behind it. */
    const settled = async (more = 0) => {
      const { folder, of } = await slots();
      const [main, log] = [of("roadbook.sqlite"), of("-wal")];
      const pageSize = new DataView(main.bytes.buffer).getUint16(16);
      const { pages, size } = read(log?.bytes ?? new Uint8Array());
      const count = size ?? main.bytes.length / pageSize;
      const file = new Uint8Array((count + more) * pageSize).fill(0x5a);
      file.set(main.bytes.subarray(0, count * pageSize));
      for (const [page, bytes] of pages) if (page <= count) file.set(bytes, (page - 1) * pageSize);
      file.set([1, 1], 18);
      return { folder, main, log, pageSize, count, file };
    };
    globalThis.pool = { slots, read, write, settled };
  });
}

/** What the log holds that is not in the file yet: pages of whole transactions, and of one that was cut off. */
export async function logLeft(tab) {
  await reach(tab);
  return tab.run(async () => {
    const { of } = await globalThis.pool.slots();
    const { pages, open } = globalThis.pool.read(of("-wal")?.bytes ?? new Uint8Array());
    return { whole: pages.size, open };
  });
}

/** Makes all pages of the file unreadable that hold these words; how many these are. */
export async function damage(tab, words) {
  await reach(tab);
  return tab.run(async (words) => {
    const { settled, write } = globalThis.pool;
    const { folder, main, log, pageSize, file } = await settled();
    const wanted = new TextEncoder().encode(words);
    let damaged = 0;
    for (let at = pageSize; at < file.length; at += pageSize) {
      const page = file.subarray(at, at + pageSize);
      if (!page.some((_, place) => wanted.every((byte, next) => page[place + next] === byte))) continue;
      // No page of a tree is of this kind.
      page[0] = 0x5a;
      damaged += 1;
    }
    if (log !== undefined) await folder.removeEntry(log.entry);
    await write(folder, main.entry, main.name, 0x106, file);
    return damaged;
  }, words);
}

/**
 * Leaves the file as a transaction does that was cut off while it wrote into the file itself, as SQLite does without a
 * log: most pages are overwritten, more are there than before, and the journal beside it has what stood there.
 */
export async function cutOff(tab) {
  await reach(tab);
  return tab.run(async () => {
    const { settled, write } = globalThis.pool;
    const { folder, main, log, pageSize, count, file } = await settled(3);

    const record = pageSize + 8;
    const journal = new Uint8Array(512 + count * record);
    const view = new DataView(journal.buffer);
    journal.set([0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7]);
    const nonce = 7;
    [count, nonce, count, 512, pageSize].forEach((value, place) => view.setUint32(8 + 4 * place, value));
    for (let page = 1; page <= count; page += 1) {
      const at = 512 + (page - 1) * record;
      const bytes = file.subarray((page - 1) * pageSize, page * pageSize);
      let sum = nonce;
      for (let place = pageSize - 200; place > 0; place -= 200) sum += bytes[place];
      view.setUint32(at, page);
      journal.set(bytes, at + 4);
      view.setUint32(at + 4 + pageSize, sum);
    }
    // The first page stays: by it SQLite knows that it is a file of its own.
    file.fill(0x5a, pageSize, count * pageSize);

    const [MAIN, JOURNAL] = [0x106, 0x806];
    if (log !== undefined) await folder.removeEntry(log.entry);
    await write(folder, main.entry, main.name, MAIN, file);
    await write(folder, "cutoff", `${main.name}-journal`, JOURNAL, journal);
    return count;
  });
}
