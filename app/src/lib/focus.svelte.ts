// Where the focus goes when the row that has it is gone: to the row that took its place, at the same button.

interface Place {
  readonly row: number;
  readonly button: string | undefined;
}

/** For a component whose rows, found by `selector`, follow `list`; `last` gets the focus if no row is left. */
export function keepFocus(
  list: () => unknown,
  lists: () => HTMLElement | undefined,
  last: () => HTMLElement | undefined,
  selector = "[data-todo]",
): void {
  const rowsOf = () => [...(lists()?.querySelectorAll<HTMLElement>(selector) ?? [])];
  let place: Place | undefined;

  // The rows are still there.
  $effect.pre(() => {
    list();
    const { activeElement } = document;
    const row = rowsOf().findIndex((row) => row.contains(activeElement));
    place = row < 0 ? undefined : { row, button: (activeElement as HTMLElement).dataset["do"] };
  });
  $effect(() => {
    list();
    if (place === undefined || document.activeElement !== document.body) return;
    const rows = rowsOf();
    const row = rows[Math.min(place.row, rows.length - 1)];
    const button = row?.querySelector<HTMLElement>(`[data-do="${place.button}"]`) ?? row?.querySelector("button");
    (button ?? last())?.focus();
  });
}
