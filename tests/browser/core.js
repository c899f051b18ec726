// The core of a page's app, asked beside the app: as one more tab would ask it, by what tabs say to each other.

/** Makes the page able to ask. `file` is what the app calls its file. */
export function reach(tab, file = "roadbook") {
  return tab.run((file) => {
    const id = crypto.randomUUID();
    const channel = new BroadcastChannel(`roadbook/${file}`);
    const waiting = new Map();
    let calls = 0;
    let term;
    const led = new Promise((resolve) => {
      channel.addEventListener("message", ({ data }) => {
        if (data.type === "leads") resolve((term = data.term));
        if (data.type !== "answer" || data.tab !== id || "progress" in data.answer) return;
        const { value, error } = data.answer;
        const { resolve: done, reject } = waiting.get(data.id);
        waiting.delete(data.id);
        if (error === undefined) done(value);
        else reject(Object.assign(new Error(`${error.code}: ${error.message}`), { code: error.code }));
      });
    });
    // Whoever leads takes a tab whose lock is free for one that is gone.
    const held = new Promise((held) => {
      navigator.locks.request(`roadbook/tab/${file}/${id}`, () => (held(), new Promise(() => {})));
    });
    globalThis.core = {
      async ask(call, ...args) {
        await held;
        // Of no version, and as old as can be: nobody ends for it.
        channel.postMessage({ type: "seek", version: "", loadedAt: 0 });
        await led;
        const answer = new Promise((resolve, reject) => waiting.set((calls += 1), { resolve, reject }));
        channel.postMessage({ type: "ask", term, tab: id, id: calls, call, args });
        return answer;
      },
    };
  }, file);
}

/** What a call of the core answers; `Error` with the code as its message, as far as drivers tell it. */
export function ask(tab, call, ...args) {
  return tab.run(([call, args]) => globalThis.core.ask(call, ...args), [call, args]);
}

/** Every card of the first product, on which the form of Today makes them, too. */
export function cards(tab) {
  return tab.run(async () => {
    const [{ id: product }] = (await globalThis.core.ask("settings")).products;
    const all = [];
    for (;;) {
      const query = { product, offset: all.length, limit: 500 };
      const { cards } = await globalThis.core.ask("board", query);
      all.push(...cards);
      if (cards.length < 500) return all.map(({ id, name }) => ({ id, name }));
    }
  });
}
