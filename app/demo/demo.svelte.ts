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

export class Demo {
  state = $state.raw<State>();
  /** What each phone told last, by its id. */
  told = $state.raw<Readonly<Record<string, Told>>>({});
  /** The hash of what the server shows to each user, in the order of the phones; none while it does not run. */
  hashes = $state.raw<readonly (string | null)[]>([]);
  /** What the office does, and what it could not do. */
  doing = $state<Act>();
  problem = $state<string>();
  /** Whether the office does not answer any more. */
  isGone = $state(false);
  now = $state(Date.now());
  isAllEqual = $derived(this.state?.isReady === true && this.state.phones.every(({ id }) => this.isEqual(id)));

  readonly #frames = new Map<string, HTMLIFrameElement>();

  /** Asks for as long as the page is there. */
  follow(): () => void {
    const hear = (event: MessageEvent<Told | undefined>) => this.#hear(event);
    addEventListener("message", hear);
    let isFollowing = true;
    const run = async () => {
      while (isFollowing) {
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
    try {
      const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      const answer = await fetch(`/office/${act}`, { method: "POST", body: JSON.stringify({ language, zone }) });
      if (!answer.ok) {
        const said = (await answer.json().catch(() => undefined)) as { problem?: string } | undefined;
        this.problem = said?.problem ?? String(answer.status);
      }
    } catch (error) {
      this.problem = String(error);
    }
    // What was equal before is not known to be equal now.
    this.hashes = [];
    this.doing = undefined;
    await this.#look();
  }

  async cut(id: string, isCut: boolean): Promise<void> {
    await fetch(`/phones/${id}/${isCut ? "cut" : "mend"}`, { method: "POST" }).catch(() => {});
    await this.#look();
    if (!isCut) this.#say(id, { roadbook: "wake" });
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
    if (state === undefined || this.isGone) return;
    if (!state.isReady) {
      if (this.doing === undefined && this.problem === undefined) await this.act("begin");
      return;
    }
    for (const phone of state.phones) {
      this.#say(phone.id, { roadbook: "tell" });
      if (!phone.isCut && state.server.pid !== null) this.#help(phone);
    }
    if (state.server.pid === null) this.hashes = [];
    else {
      const answer = await fetch(`/hashes?now=${Date.now()}`).catch(() => undefined);
      if (answer?.ok) this.hashes = (await answer.json()) as (string | null)[];
    }
  }

  /** What the visitor need not do: signing in, and waiting until a phone tries again by itself. */
  #help({ id, email, password }: PhoneState): void {
    const told = this.told[id];
    if (told === undefined) return;
    if (told.stage === "begin" || told.isSignInNeeded) this.#say(id, { roadbook: "sign-in", email, password });
    else if (told.stage === "work" && !this.isEqual(id)) this.#say(id, { roadbook: "wake" });
  }

  async #look(): Promise<void> {
    try {
      this.state = (await (await fetch("/state")).json()) as State;
      this.isGone = false;
    } catch {
      this.isGone = true;
    }
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
