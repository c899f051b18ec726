// What runs in the page: it hears what the app says to its worker, and asks beside it. No word of the app is changed.

/** Before the app: every call is noted, and `bench.ask` makes one of its own. */
export function hear() {
  const waiting = new Map();
  const Native = globalThis.Worker;
  let worker;
  let calls = 0;
  const bench = {
    /** Calls of the app: `{ call, args, at, took }`; the last while it is not answered has no `took`. */
    asked: [],
    ask(call, ...args) {
      const id = `bench-${calls++}`;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        Native.prototype.postMessage.call(worker, { id, call, args });
      });
    },
  };
  globalThis.bench = bench;
  const byId = new Map();
  globalThis.Worker = class extends Native {
    constructor(...given) {
      super(...given);
      worker = this;
      byId.clear();
      this.addEventListener("message", ({ data }) => {
        if ("value" in data || "error" in data) {
          const noted = byId.get(data.id);
          if (noted !== undefined) noted.took = performance.now() - noted.at;
          if ("value" in data) waiting.get(data.id)?.resolve(data.value);
          else waiting.get(data.id)?.reject(new Error(data.error.code));
        }
      });
    }
    postMessage(message) {
      if (message.call !== undefined) {
        const noted = { call: message.call, args: structuredClone(message.args), at: performance.now() };
        byId.set(message.id, noted);
        bench.asked.push(noted);
      }
      super.postMessage(message);
    }
  };
  // The first todo of Today: the day can begin.
  const seen = new MutationObserver(() => {
    if (document.querySelector("[data-section] [data-todo]") === null) return;
    seen.disconnect();
    requestAnimationFrame(() => performance.mark("today"));
  });
  seen.observe(document, { childList: true, subtree: true });
}

/** Asks these calls in turn, each once the one before is answered; answers how long each waited, in milliseconds. */
export async function askAll(calls) {
  const waits = [];
  for (const [call, ...args] of calls) {
    const begun = performance.now();
    await globalThis.bench.ask(call, ...args);
    waits.push(performance.now() - begun);
  }
  return waits;
}

/** Asks these calls again and again until nothing of a first sync is seen; answers how long each waited. */
export async function askWhileSyncing(calls) {
  const waits = [];
  const isSyncing = () => document.querySelector("[data-first-sync]") !== null;
  while (!isSyncing()) await new Promise((later) => setTimeout(later, 5));
  for (let place = 0; isSyncing(); place++) {
    const [call, ...args] = calls[place % calls.length];
    const begun = performance.now();
    await globalThis.bench.ask(call, ...args);
    waits.push(performance.now() - begun);
    // As users look: not the next question as soon as one is answered.
    await new Promise((later) => setTimeout(later, 15));
  }
  return waits;
}

/** Puts todos off to tomorrow, one after the other; answers when each was durable, and when it was shown. */
export async function putOff(count) {
  const durable = [];
  const shown = [];
  for (let place = 0; place < count; place++) {
    const button = document.querySelector("[data-section] [data-todo] [data-do=postpone]");
    const row = button.closest("[data-todo]");
    const gone = new Promise((resolve) => {
      const watch = new MutationObserver(() => !row.isConnected && (watch.disconnect(), resolve()));
      watch.observe(document.body, { childList: true, subtree: true });
    });
    const first = globalThis.bench.asked.length;
    const begun = performance.now();
    button.click();
    await gone;
    await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
    shown.push(performance.now() - begun);
    const edit = globalThis.bench.asked.slice(first).find(({ call }) => call === "editCard");
    durable.push(edit.at - begun + edit.took);
    // What follows from it is not counted with the next one.
    await new Promise((later) => setTimeout(later, 100));
  }
  return { durable, shown };
}

/** Scrolls a list for so many frames; answers the most rows that were in the page, and which was the last in sight. */
export async function scroll({ frames, by }) {
  const rows = () => document.querySelectorAll("[data-row]");
  let most = 0;
  for (let frame = 0; frame < frames; frame++) {
    // By this name a trace tells it from the app's own work.
    await new Promise((drawn) => {
      requestAnimationFrame(function benchFrame() {
        performance.mark("frame");
        scrollBy(0, by);
        most = Math.max(most, rows().length);
        drawn();
      });
    });
  }
  const last = [...rows()].filter((row) => row.getBoundingClientRect().top < innerHeight).at(-1);
  return { most, last: Number(last?.dataset.row ?? 0) };
}
