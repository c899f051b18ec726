// The worker of the tab that leads: it has the file, and runs the core on it. `{ id, call, args }` is answered by
// `{ id, value }` or `{ id, error }`; in between `{ id, progress }` may come, and at any time `{ changes }`.

import init, { CancelToken, Roadbook as Core, Server, type ChangeSet, type Subscription } from "#core";
import { failureOf } from "./errors.js";
import { tellFull } from "./full.js";
import { gatherWrites, type Handle } from "./gather.js";
import { FOLDER, filesLock } from "./names.js";
import { SALVAGE, type FromWorker, type ToWorker } from "./engine.js";
import { addressOf, LISTENER_PLACES, tokenPlace } from "./remote.js";

const port = self as unknown as {
  postMessage(message: FromWorker): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
};

/** How often and after how many milliseconds a file is tried again that the last worker has not let go of yet. */
const RELEASE = { tries: 20, wait: 100 };

let core: Promise<Core> | undefined;
let file = "";
const servers = new Map<string, Server>();
/** By call, how it is ended: also before the core is there, without which no token can be made. */
const ends = new Map<number, { isCancelled: boolean; token: CancelToken | undefined }>();

port.onmessage = ({ data }) => {
  if ("cancel" in data) {
    const end = ends.get(data.cancel);
    if (end === undefined) return;
    end.isCancelled = true;
    end.token?.cancel();
  } else {
    ends.set(data.id, { isCancelled: false, token: undefined });
    void answer(data.id, data.call, data.args);
  }
};
// Before the core opens any file.
const handles = (globalThis as { FileSystemSyncAccessHandle?: { prototype: Handle } }).FileSystemSyncAccessHandle;
tellFull(handles?.prototype);
gatherWrites(handles?.prototype);
// A panic in what the core does by itself, between two calls.
self.addEventListener("error", (event) => reportTrap(event.error));
self.addEventListener("unhandledrejection", (event) => reportTrap(event.reason));

async function answer(id: number, call: string, args: readonly unknown[]): Promise<void> {
  try {
    port.postMessage({ id, value: await made(id, call, args) });
  } catch (error) {
    if (!reportTrap(error)) port.postMessage({ id, error: failureOf(error) });
  } finally {
    ends.get(id)?.token?.free();
    ends.delete(id);
  }
}

async function made(id: number, call: string, args: readonly unknown[]): Promise<unknown> {
  if (call === "open") {
    file = String(args[0]);
    return void (await opened());
  }
  if (call === SALVAGE) {
    file = String(args[0]);
    await alone();
    return released((name) => Core.salvage(name));
  }
  const handle = await opened();
  if (call === "installSecret") return remembered();
  const method: unknown = Reflect.get(handle, call);
  if (typeof method !== "function") throw new TypeError(`the core has no call ${call}`);
  const answer: unknown = await Reflect.apply(method, handle, unpacked(id, call, args));
  return answer;
}

/** The arguments as the core takes them, with a listener and a token where it wants them. */
function unpacked(id: number, call: string, args: readonly unknown[]): unknown[] {
  const given = args.map((value) => {
    const address = addressOf(value);
    return address === undefined ? value : server(address);
  });
  const listener = LISTENER_PLACES.get(call);
  if (listener !== undefined) given[listener] = (progress: unknown) => port.postMessage({ id, progress });
  const place = tokenPlace(call);
  if (place !== undefined) {
    const token = new CancelToken();
    const end = ends.get(id);
    if (end !== undefined) end.token = token;
    if (end?.isCancelled === true) token.cancel();
    given[place] = token;
  }
  return given;
}

/** One for each address: it keeps what it knows of the connection. */
function server(address: string): Server {
  const known = servers.get(address);
  if (known !== undefined) return known;
  const made = new Server(address);
  servers.set(address, made);
  return made;
}

/** The core on the file; tried again with the next call if it failed. */
function opened(): Promise<Core> {
  core ??= begun().catch((error: unknown) => {
    core = undefined;
    throw error;
  });
  return core;
}

let held: Promise<void> | undefined;
/** What nobody refers to is freed, and a subscription ends by that. */
const subscriptions: Subscription[] = [];

/** This worker has the file, and its module is there. */
async function alone(): Promise<void> {
  // For as long as this worker lives: whoever gets the lock after it knows that it does not any more.
  held ??= new Promise<void>((granted, refused) => {
    const hold = () => {
      port.postMessage({ held: true });
      granted();
      return new Promise<never>(() => {});
    };
    navigator.locks.request(filesLock(file), hold).catch((error: unknown) => {
      held = undefined;
      refused(error);
    });
  });
  await held;
  await init({ module_or_path: new URL("../generated/roadbook_web_bg.wasm", import.meta.url) });
}

async function begun(): Promise<Core> {
  await alone();
  const handle = await released((name) => Core.open(name));
  subscriptions.push(handle.subscribe((changes: ChangeSet) => port.postMessage({ changes })));
  return handle;
}

/** Browsers let go of a worker's files a moment after it has ended. */
async function released<T>(take: (file: string) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await take(file);
    } catch (error) {
      if (failureOf(error).code !== "internal" || tries === RELEASE.tries) throw error;
    }
    await new Promise((later) => setTimeout(later, RELEASE.wait));
  }
}

let secret: Promise<number[]> | undefined;

/** Read once; tried again with the next call if it failed. */
function remembered(): Promise<number[]> {
  secret ??= installSecret().catch((error: unknown) => {
    secret = undefined;
    throw error;
  });
  return secret;
}

/** 32 random bytes that this browser made once for the file; the server knows the installation by them. */
async function installSecret(): Promise<number[]> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(FOLDER, { create: true });
  const entry = await folder.getFileHandle(`${file}.secret`, { create: true });
  const handle = await (entry as unknown as Accessible).createSyncAccessHandle();
  try {
    const secret = new Uint8Array(32);
    if (handle.read(secret, { at: 0 }) !== secret.length) {
      crypto.getRandomValues(secret);
      // Of a secret in part the next start would make another one.
      if (handle.write(secret, { at: 0 }) !== secret.length) {
        throw { code: "storage_full", message: "there is no room for the install secret" };
      }
      handle.flush();
    }
    return [...secret];
  } finally {
    handle.close();
  }
}

/** What TypeScript knows for workers only. */
interface Accessible {
  createSyncAccessHandle(): Promise<Handle>;
}

/** Whether the core trapped: nothing of it can be used any more, and the page throws this worker away. */
function reportTrap(error: unknown): boolean {
  const isTrap = error instanceof WebAssembly.RuntimeError;
  if (isTrap) port.postMessage({ trapped: `${error.message}\n${error.stack ?? ""}` });
  return isTrap;
}
