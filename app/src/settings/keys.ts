// Keys of options: words that cards hold and nobody sees. They never change, whatever the option is called.

const MOST = 40;

/** One for an option of this name that none of these has. */
export function newKey(name: string, options: readonly { readonly key: string }[]): string {
  const word = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
  const taken = new Set(options.map(({ key }) => key));
  const base = (word || "option").slice(0, MOST);
  for (let number = 1; ; number++) {
    const tail = number === 1 ? "" : `_${number}`;
    const key = base.slice(0, MOST - tail.length) + tail;
    if (!taken.has(key)) return key;
  }
}
