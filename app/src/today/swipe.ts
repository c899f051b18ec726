// A row that a finger draws aside: to the right for one act, to the left for another. Up and down still scroll. The
// same acts have buttons.

import type { Action } from "svelte/action";

export interface Swipe {
  readonly isOn: boolean;
  /** By how many pixels it is drawn, to the left if negative, and whether letting go acts. */
  readonly onmove: (by: number, isEnough: boolean) => void;
  readonly onact: (side: "left" | "right") => void;
}

/** From how many pixels on it is meant. */
const BEGIN = 12;
/** How far it must be drawn. */
const ENOUGH = 96;

export const swipe: Action<HTMLElement, Swipe> = (row, given) => {
  let swipe = given;
  let from: { id: number; x: number; y: number } | undefined;
  let by = 0;

  const isEnough = () => Math.abs(by) >= ENOUGH;

  function down(event: PointerEvent) {
    if (!swipe.isOn || event.pointerType === "mouse" || !event.isPrimary) return;
    from = { id: event.pointerId, x: event.clientX, y: event.clientY };
    by = 0;
  }

  function move(event: PointerEvent) {
    if (from === undefined || event.pointerId !== from.id) return;
    const [x, y] = [event.clientX - from.x, event.clientY - from.y];
    if (by === 0) {
      if (Math.abs(y) > BEGIN) from = undefined;
      if (from === undefined || Math.abs(x) < BEGIN || Math.abs(x) < 2 * Math.abs(y)) return;
      row.setPointerCapture(event.pointerId);
    }
    by = x;
    swipe.onmove(by, isEnough());
  }

  function up() {
    const side = by > 0 ? "right" : "left";
    const acts = from !== undefined && isEnough();
    const wasDrawn = by !== 0;
    end();
    if (wasDrawn) withoutClick();
    if (acts) swipe.onact(side);
  }

  function end() {
    from = undefined;
    if (by !== 0) swipe.onmove(0, false);
    by = 0;
  }

  /** The finger may be let go of over a link. */
  function withoutClick() {
    const stop = (event: Event) => (event.preventDefault(), event.stopPropagation());
    row.addEventListener("click", stop, { capture: true });
    setTimeout(() => row.removeEventListener("click", stop, { capture: true }));
  }

  row.addEventListener("pointerdown", down);
  row.addEventListener("pointermove", move);
  row.addEventListener("pointerup", up);
  row.addEventListener("pointercancel", end);
  // Listeners go with the row.
  return { update: (next) => void (swipe = next) };
};
