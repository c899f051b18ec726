// When a choice is made: at once by a finger or a mouse. Arrow keys step through a closed `select`, and what they pass
// by is not chosen: there it is made by Enter, or when the focus leaves.

import type { Attachment } from "svelte/attachments";

/** For a `select`, or an element around one. `choose` is called with what is chosen, if anything was changed. */
export function choosing(choose: (value: string) => void): Attachment<HTMLElement> {
  return (element) => {
    let isStepped = false;
    let stepped: string | undefined;
    const make = () => {
      if (stepped === undefined) return;
      const value = stepped;
      stepped = undefined;
      choose(value);
    };
    const press = (key: string) => {
      // Enter also takes what an open list has under the arrow keys.
      isStepped = key !== "Enter";
      if (!isStepped) make();
    };
    const leave = () => {
      make();
      isStepped = false;
    };
    const listeners: [string, (event: Event) => void][] = [
      ["pointerdown", () => (isStepped = false)],
      ["keydown", (event) => press((event as KeyboardEvent).key)],
      ["focusout", leave],
      [
        "change",
        ({ target }) => {
          if (!(target instanceof HTMLSelectElement)) return;
          stepped = target.value;
          if (!isStepped) make();
        },
      ],
    ];
    for (const [name, listener] of listeners) element.addEventListener(name, listener);
    return () => listeners.forEach(([name, listener]) => element.removeEventListener(name, listener));
  };
}
