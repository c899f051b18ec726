// What the page knows of the office and the two phones. It asks both every second; all that counts, such as what is
// unsent and what is shown, they say themselves.

import type { Told } from "../src/demo";
import { language } from "./texts";

export interface PhoneState {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly isCut: boolean;
  readonly email: string | null;
  readonly password: string | null;
}

export interface State {
  readonly isReady: boolean;
  readonly backupAt: number | null;
  readonly isRestricted: boolean;
  readonly card: { readonly id: string; readonly name: string } | null;
  readonly server: { readonly pid: number | null; readonly since: number };
  readonly phones: readonly PhoneState[];
}

/** What may be asked of the office. */
export type Act = "begin" | "arrived" | "stop" | "kill" | "start" | "restore" | "restrict" | "allow";

const EVERY = 1_000;
/** For how long a frame may take to show something. */
const PATIENCE = 10_000;

export class Demo {
  state = $state.raw<State>();
  /** What each phone told last, by its id. */
  told = $state.raw<Readonly<Record<string, Told>>>({});
  /** The hash of what the server shows to each user, in the order of the phones; none while it does not run. */
  hashes = $state.raw<readonly (string | null)[]>([]);
  /** What the office does, and what it could not do. */
  doing = $state<Act | "end">();
  problem = $state<string>();
  /** Whether the office knows the key that stands behind the page's address. */
  hasKey = $state(true);
  /** Whether the office does not answer any more. */
  isGone = $state(false);
  /** Whether it was ended here. */
  hasEnded = $state(false);
  now = $state(Date.now());
  isAllEqual = $derived(this.state?.isReady === true && this.state.phones.every(({ id }) => this.isEqual(id)));

  readonly #frames = new Map<string, HTMLIFrameElement>();
  /** How often something was begun or done. */
  #acts = 0;
  #isComparing = false;

  /** Asks for as long as the page is there. */
  follow(): () => void {
    const hear = (event: MessageEvent<Told | undefined>) => this.#hear(event);
    addEventListener("message", hear);
    let isFollowing = true;
    const run = async () => {
      while (isFollowing && !this.hasEnded) {
        await this.#ask();
        await new Promise((later) => setTimeout(later, EVERY));
      }
    };
    void run();
    return () => {
      isFollowing = false;
      removeEventListener("message", hear);
    };
  }

  /** The frame in which a phone is shown, as soon as it shows it: an empty one would be said what is not for it. */
  shows(id: string, frame: HTMLIFrameElement): void {
    this.#frames.set(id, frame);
  }

  /** Whether a phone shows just what the server shows to its user. */
  isEqual(id: string): boolean {
    const hash = this.told[id]?.hash ?? null;
    return hash !== null && hash === this.hashOfServer(id);
  }

  hashOfServer(id: string): string | null {
    return this.hashes[this.state?.phones.findIndex((phone) => phone.id === id) ?? -1] ?? null;
  }

  async act(act: Act): Promise<void> {
    this.doing = act;
    this.problem = undefined;
    this.#acts += 1;
    try {
      const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      const answer = await this.#fetch(`/office/${act}`, { method: "POST", body: JSON.stringify({ language, zone }) });
      if (!answer.ok) {
        const said = (await answer.json().catch(() => undefined)) as { problem?: string } | undefined;
        this.problem = said?.problem ?? String(answer.status);
      }
    } catch (error) {
      this.problem = String(error);
    }
    // What was equal before is not known to be equal now.
    this.hashes = [];
    this.#acts += 1;
    this.doing = undefined;
    await this.#look();
  }

  async cut(id: string, isCut: boolean): Promise<void> {
    await this.#fetch(`/phones/${id}/${isCut ? "cut" : "mend"}`, { method: "POST" }).catch(() => {});
    await this.#look();
    if (!isCut) this.#say(id, { roadbook: "wake" });
  }

  /** Ends the demonstration, and has the browser remove what it keeps of the phones. */
  async end(): Promise<void> {
    this.doing = "end";
    this.problem = undefined;
    try {
      for (const phone of this.state?.phones ?? []) await this.#forget(phone);
    } catch (error) {
      this.problem = String(error);
      this.doing = undefined;
      return;
    }
    // It may end before it has answered.
    await this.#fetch("/office/end", { method: "POST" }).catch(() => {});
    this.hasEnded = true;
  }

  /** Shows the card of the story on both phones. */
  showCard(): void {
    const { card, phones = [] } = this.state ?? {};
    if (card == null) return;
    for (const { id, address } of phones) {
      const frame = this.#frames.get(id);
      // A place in the page that is there already: nothing is loaded anew.
      if (frame !== undefined) frame.src = `${address}/#/card/${card.id}`;
    }
  }

  async #ask(): Promise<void> {
    this.now = Date.now();
    await this.#look();
    const { state } = this;
    if (state === undefined || this.isGone || !this.hasKey || this.doing === "end") return;
    if (!state.isReady) {
      if (this.doing === undefined && this.problem === undefined) await this.act("begin");
      return;
    }
    for (const phone of state.phones) {
      this.#say(phone.id, { roadbook: "tell" });
      if (!phone.isCut && state.server.pid !== null) this.#help(phone);
    }
    if (state.server.pid === null) this.hashes = [];
    // Not waited for: a server that hangs answers late.
    else if (!this.#isComparing) void this.#compare();
  }

  async #compare(): Promise<void> {
    this.#isComparing = true;
    const acts = this.#acts;
    try {
      const answer = await this.#fetch(`/hashes?now=${Date.now()}`);
      const hashes = answer.ok ? ((await answer.json()) as (string | null)[]) : [];
      // If something was done meanwhile, they may be those from before.
      if (acts === this.#acts) this.hashes = hashes;
    } catch {
      // It is asked again.
    }
    this.#isComparing = false;
  }

  /** What the visitor need not do: signing in, and waiting until a phone tries again by itself. */
  #help({ id, email, password }: PhoneState): void {
    const told = this.told[id];
    if (told === undefined) return;
    if (told.stage === "begin" || told.isSignInNeeded) this.#say(id, { roadbook: "sign-in", email, password });
    else if (told.stage === "work" && !this.isEqual(id)) this.#say(id, { roadbook: "wake" });
  }

  /** Takes everything away from a phone: its network, its screen, and what the browser keeps of it. */
  async #forget({ id, address }: PhoneState): Promise<void> {
    const answer = await this.#fetch(`/phones/${id}/forget`, { method: "POST" });
    if (!answer.ok) throw new Error(String(answer.status));
    const frame = this.#frames.get(id);
    if (frame === undefined) return;
    // When the first answer comes, the app is still there, and may write.
    for (const time of ["first", "last"]) await show(frame, `${address}/.forget?${time}`);
  }

  async #look(): Promise<void> {
    try {
      const answer = await this.#fetch("/state");
      this.hasKey = answer.status !== 403;
      if (answer.ok) this.state = (await answer.json()) as State;
      this.isGone = false;
    } catch {
      this.isGone = true;
    }
  }

  #fetch(path: string, request: RequestInit = {}): Promise<Response> {
    return fetch(path, { ...request, headers: { authorization: `Bearer ${location.hash.slice(1)}` } });
  }

  #say(id: string, said: object): void {
    const address = this.state?.phones.find((phone) => phone.id === id)?.address;
    if (address !== undefined) this.#frames.get(id)?.contentWindow?.postMessage(said, address);
  }

  #hear({ source, origin, data }: MessageEvent<Told | undefined>): void {
    if (data?.roadbook !== "told") return;
    const phone = this.state?.phones.find(({ address }) => address === origin);
    if (phone === undefined || this.#frames.get(phone.id)?.contentWindow !== source) return;
    this.told = { ...this.told, [phone.id]: data };
  }
}

/** Waits until a frame shows what is at this address. */
async function show(frame: HTMLIFrameElement, address: string): Promise<void> {
  const isShown = new Promise((done) => frame.addEventListener("load", done, { once: true }));
  frame.src = address;
  await Promise.race([isShown, new Promise((later) => setTimeout(later, PATIENCE))]);
}
