// For the page of the demonstration, which shows the app in a frame and asks it how it stands. Nobody else is answered:
// no page can frame the app unless the server was started with `--demo-page`, and then that one alone, on the same
// machine (docs/app.md).

import { deviceName } from "./lib/device";
import type { Session } from "./lib/session.svelte";
import { t } from "./lib/texts.svelte";

/** What the page says. */
type Said =
  | { readonly roadbook: "tell" }
  /** There may be a network again: the system of a device says that, too. */
  | { readonly roadbook: "wake" }
  /** What a user would type. */
  | { readonly roadbook: "sign-in"; readonly email: string; readonly password: string };

/** What the page is told. */
export interface Told {
  readonly roadbook: "told";
  readonly stage: Session["stage"];
  readonly isSignInNeeded: boolean;
  /** Edits that the server has not. */
  readonly unsent: number | null;
  /** Edits that it refused. */
  readonly refused: number | null;
  readonly hash: string | null;
}

/** Answers the page that frames this one. */
export function answerDemo(session: Session): void {
  let isBusy = false;
  addEventListener("message", ({ source, origin, data }: MessageEvent<Said | undefined>) => {
    if (source !== parent || isBusy || data?.roadbook === undefined) return;
    isBusy = true;
    void answer(session, data)
      .then((told) => told && parent.postMessage(told, origin))
      // The page asks again.
      .catch(() => {})
      .finally(() => (isBusy = false));
  });
}

async function answer(session: Session, said: Said): Promise<Told | undefined> {
  if (said.roadbook === "tell") return tell(session);
  if (said.roadbook === "sign-in") await signIn(session, said.email, said.password);
  else if (session.stage === "work") await session.sync();
  return undefined;
}

async function tell(session: Session): Promise<Told> {
  const { stage, isSignInNeeded } = session;
  const nothing = { roadbook: "told", stage, isSignInNeeded, unsent: null, refused: null, hash: null } as const;
  if (stage !== "work") return nothing;
  const { roadbook } = session;
  const [unsent, quarantine, hash] = await Promise.all([
    roadbook.unsentCount(),
    roadbook.quarantine(),
    roadbook.stateHash(),
  ]);
  return { ...nothing, unsent, refused: quarantine.length, hash };
}

async function signIn(session: Session, email: string, password: string): Promise<void> {
  if (session.stage !== "begin" && !session.isSignInNeeded) return;
  const { roadbook, server } = session;
  await roadbook.signIn(server, email, password, await roadbook.device(deviceName(t)));
  session.begun();
}
