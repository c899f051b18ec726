// Where on the card a conflict is shown: beside what it is about, if that is there.

import type { CardView, Conflict, FieldInfo } from "@roadbook/core";

/** Those of the card itself: its name, status, owner, and whether it is in the trash. */
export function ownConflicts({ conflicts }: CardView): Conflict[] {
  return conflicts.filter(isOwn);
}

/** Those of what is neither in the form nor among the open todos: closed ones, entries, links, the unknown. */
export function otherConflicts(card: CardView, fields: readonly FieldInfo[]): Conflict[] {
  return card.conflicts.filter(({ place }) => {
    if (isOwn({ place })) return false;
    if (place.kind === "field" || place.kind === "option") {
      return !fields.some(({ id, retired }) => id === place.field && !retired);
    }
    const isOpen = ({ id, closings }: CardView["todos"][number]) =>
      place.kind === "todo" && id === place.todo && closings.length === 0;
    return !card.todos.some(isOpen);
  });
}

function isOwn({ place }: Pick<Conflict, "place">): boolean {
  return ["name", "status", "owner", "trash"].includes(place.kind);
}
