// What is left in a browser: every byte of the site's private files, its caches and its other storage.

/** Which of these words are in the site's files. The tab shows nothing of the app, so nobody has the files open. */
export async function wordsInFiles(tab, words) {
  return tab.run(async (words) => {
    const contents = [];
    async function read(folder) {
      for await (const entry of folder.values()) {
        if (entry.kind === "directory") await read(entry);
        else contents.push(new Uint8Array(await (await entry.getFile()).arrayBuffer()));
      }
    }
    await read(await navigator.storage.getDirectory());
    const utf16 = (text) => Uint8Array.from([...text].flatMap((c) => [c.charCodeAt(0), 0]));
    const codes = (text) => [new TextEncoder().encode(text), utf16(text)];
    const holds = (bytes, word) => {
      for (let at = bytes.indexOf(word[0]); at >= 0; at = bytes.indexOf(word[0], at + 1)) {
        if (word.every((byte, place) => bytes[at + place] === byte)) return true;
      }
      return false;
    };
    return words.filter((word) => codes(word).some((code) => contents.some((bytes) => holds(bytes, code))));
  }, words);
}

/** The addresses of all that is cached. */
export function cached(tab) {
  return tab.run(async () => {
    const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
    const requests = await Promise.all(caches_.map((cache) => cache.keys()));
    return requests.flat().map(({ url }) => new URL(url).pathname);
  });
}

export function storedNames(tab) {
  return tab.run(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]);
}
