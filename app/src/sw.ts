// Keeps the built files, so that the app starts without a network. A new version is fetched beside the running one, and
// waits until the user takes it.

const worker = self as unknown as ServiceWorkerGlobalScope;

/** Which files there are, each with the hash of its bytes; the build writes it before this script. */
declare const PRECACHE: { readonly version: string; readonly files: Readonly<Record<string, string>> };

const PREFIX = "roadbook-";
const CACHE = PREFIX + PRECACHE.version;

/** What the server has routes of its own at and below; its list is in `server/src/start/app.rs`. */
const OWN = ["docs", "health", "metrics", "v1"];

worker.addEventListener("install", (event) => event.waitUntil(fetchAll()));
worker.addEventListener("activate", (event) => event.waitUntil(begin()));
worker.addEventListener("message", (event) => {
  if (event.data === "accept") void worker.skipWaiting();
});
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== worker.location.origin) return;
  const path = request.mode === "navigate" && isScreen(pathname) ? "/index.html" : pathname;
  if (isFile(path) || path.startsWith("/assets/")) event.respondWith(kept(path, request));
});

function isFile(path: string): boolean {
  return Object.hasOwn(PRECACHE.files, path);
}

/** Whether the one page is what is at this path. The server decides in the same way (`server/src/http/app.rs`). */
function isScreen(path: string): boolean {
  const [, first = "", ...rest] = path.split("/");
  const last = rest.at(-1) ?? first;
  return !OWN.includes(first) && !first.startsWith(".") && !last.includes(".") && !isFile(path);
}

/**
 * While a server is replaced, some answers may be of the old version and some of the new one. By their hashes only the
 * files of one version are kept; otherwise the installation fails, and the browser tries it again later.
 */
async function fetchAll(): Promise<void> {
  const files = Object.entries(PRECACHE.files);
  // Of an installation that was cut off: only one runs at a time.
  await removeEmpty();
  try {
    const cache = await caches.open(CACHE);
    await cache.addAll(files.map(([path, integrity]) => new Request(path, { cache: "no-cache", integrity })));
  } catch (error) {
    await removeEmpty();
    throw error;
  }
}

async function kept(path: string, request: Request): Promise<Response> {
  try {
    const current = await caches.open(CACHE);
    // A tab of the last version may still need its files.
    const response = (await current.match(path)) ?? (await caches.match(path));
    if (response !== undefined) return response;
  } catch {
    // Firefox opens no cache where there is no room.
  }
  return fetch(request);
}

/** Takes over all tabs, those that were loaded without a service worker, too. */
async function begin(): Promise<void> {
  await removeOld();
  await worker.clients.claim();
}

/** Keeps the last version beside this one, for tabs that still show it. */
async function removeOld(): Promise<void> {
  const old = (await versions()).filter((name) => name !== CACHE);
  await Promise.all(old.slice(0, -1).map((name) => caches.delete(name)));
}

/** All files of a version are kept or none: an empty cache is no version. */
async function removeEmpty(): Promise<void> {
  for (const name of await versions()) {
    const cache = await caches.open(name);
    if ((await cache.keys()).length === 0) await caches.delete(name);
  }
}

/** The caches of all versions, the oldest first. */
async function versions(): Promise<string[]> {
  return (await caches.keys()).filter((name) => name.startsWith(PREFIX));
}
