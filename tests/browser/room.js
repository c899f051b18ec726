// The room that a browser gives the app, and what takes it.

/**
 * How many bytes more than it has taken the app's site may take. Once there is room, what works without a network, and
 * the files, for each of which Chromium reserves a megabyte, want 6 MB each, in whatever order they come.
 */
const ROOM = 16 << 20;

/** With these a browser keeps little for a site: Firefox has a fifth of its limit for each, 30 MB. */
export const CRAMPED = { prefs: { "dom.quotaManager.temporaryStorage.fixedLimit": 150_000 } };

/** Gives the tab's site little room, for as long as the tab is there. Firefox has been told before it began. */
export async function cramp(tab, name) {
  if (name !== "Chromium") return;
  const { usage } = await tab.run(() => navigator.storage.estimate());
  const debug = await tab.page.createCDPSession();
  const origin = await tab.run(() => location.origin);
  await debug.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: usage + ROOM });
}

/** Takes all room that is left with files of no use. */
export function fillUp(tab) {
  return tab.run(async () => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle("of-no-use", { create: true });
    let [size, count, taken] = [4 << 20, 0, 0];
    while (size >= 4096) {
      const file = await folder.getFileHandle(String(count), { create: true });
      const stream = await file.createWritable();
      try {
        await stream.write(new Uint8Array(size));
        await stream.close();
        [count, taken] = [count + 1, taken + size];
      } catch (error) {
        if (error.name !== "QuotaExceededError") throw error;
        await stream.abort().catch(() => {});
        size /= 2;
      }
    }
    return taken;
  });
}

export function makeRoom(tab) {
  return tab.run(async () => {
    const root = await navigator.storage.getDirectory();
    await root.removeEntry("of-no-use", { recursive: true });
  });
}

/** The browser takes the site's files away, and leaves the rest: it may do so when the machine has no room. */
export async function evict(tab, name) {
  if (name === "Chromium") {
    const debug = await tab.page.createCDPSession();
    const origin = await tab.run(() => location.origin);
    await debug.send("Storage.clearDataForOrigin", { origin, storageTypes: "file_systems" });
    await debug.detach();
  } else {
    await tab.run(async () => {
      const root = await navigator.storage.getDirectory();
      for await (const name of root.keys()) await root.removeEntry(name, { recursive: true });
    });
  }
}
