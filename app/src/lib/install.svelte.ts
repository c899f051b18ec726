// Whether the app can be put on the home screen, and how: some browsers offer it, others have a menu for it.

import { keep, kept } from "@roadbook/core/kept";

/** What Chromium offers. */
interface Offer extends Event {
  prompt(): Promise<{ outcome: "accepted" | "dismissed" }>;
}

const DISMISSED = "roadbook/install-dismissed";

let offer = $state.raw<Offer>();
let isDone = $state(isInstalled());
let isDismissed = $state(kept(DISMISSED) !== null);

// It comes early, before any screen is there to hear it.
addEventListener("beforeinstallprompt", (event) => {
  // Else the browser asks by itself, in the middle of something else.
  event.preventDefault();
  offer = event as Offer;
});
addEventListener("appinstalled", () => {
  isDone = true;
  offer = undefined;
});

/** Whether this is the app from the home screen, and not a tab. */
export function isInstalled(): boolean {
  const isOnAppleScreen = "standalone" in navigator && navigator.standalone === true;
  return isOnAppleScreen || matchMedia("(display-mode: standalone)").matches;
}

/** How it is installed here: the browser offers it, by the menu of Safari on iPhones, or in no way that is known. */
export function installWay(): "offer" | "safari" | undefined {
  if (isDone) return undefined;
  if (offer !== undefined) return "offer";
  return isAppleTouch() ? "safari" : undefined;
}

/** Whether the user does not want to be asked again. */
export function isInstallDismissed(): boolean {
  return isDismissed;
}

export function dismissInstall(): void {
  isDismissed = true;
  keep(DISMISSED, "1");
}

/** Lets the browser ask. An offer is good for one time. */
export async function install(): Promise<void> {
  const { outcome } = (await offer?.prompt()) ?? {};
  offer = undefined;
  if (outcome === "dismissed") dismissInstall();
}

/** iPhones, and iPads, which call themselves Macs: each browser there has the menu. */
function isAppleTouch(): boolean {
  const { userAgent, maxTouchPoints } = navigator;
  return /iPhone|iPad|iPod/.test(userAgent) || (/Mac/.test(userAgent) && maxTouchPoints > 1);
}
