// The lines of a history, in words: what a change did, its edits of one todo or one entry told together.

import type {
  ClosingView,
  DocumentId,
  EditView,
  HistoryItem,
  PartId,
  Place,
  PlaceValue,
  Timestamp,
  UserId,
} from "@roadbook/core";
import { t } from "../lib/texts.svelte";
import { plannedWords } from "../todo/words";
import { clipped, type Names } from "./names";
import { placeWords, valueWords } from "./words";

/** A past event as it was written down. */
export interface Told {
  kind: string;
  at: Timestamp | null;
  text: string;
  person: DocumentId | null;
  place: string;
}

/** One thing that a change did. */
export type Said =
  | { readonly kind: "entry"; readonly id: PartId; readonly entry: Told }
  | { readonly kind: "closing"; readonly todo: PartId; readonly closing: ClosingView }
  | { readonly kind: "words"; readonly words: string };

type Put = Extract<EditView, { kind: "put" }>;
/** Values of history are told in short: the whole stands in the card. */
const LONGEST = 300;

export function saidBy({ edits }: HistoryItem, names: Names): Said[] {
  const groups = new Map<string, EditView[]>();
  edits.forEach((edit, at) => {
    const { place } = edit;
    const key = place.kind === "todo" ? place.todo : place.kind === "entry" ? place.entry : String(at);
    groups.set(key, [...(groups.get(key) ?? []), edit]);
  });
  const all = [...groups.values()];
  // The closing first, and then what follows from it.
  const inOrder = [...all.filter((group) => !isNextOfSeries(group)), ...all.filter(isNextOfSeries)];
  return inOrder.flatMap((group) => entrySaid(group) ?? todoSaid(group, names) ?? eachSaid(group, names));
}

/** Who wrote this value there last; nobody if the lines do not tell. */
export function writerOf(lines: readonly HistoryItem[], place: Place, value: PlaceValue): UserId | undefined {
  const written = JSON.stringify([place, value]);
  const isIt = (edit: EditView) => edit.kind === "put" && JSON.stringify([edit.place, edit.new]) === written;
  return lines.find(({ edits }) => edits.some(isIt))?.by ?? undefined;
}

/** An entry that the change made. */
function entrySaid(group: readonly EditView[]): Said[] | undefined {
  const parts = new Map<string, PlaceValue>();
  let id: PartId | undefined;
  for (const edit of group) {
    if (edit.kind !== "put" || edit.place.kind !== "entry") return undefined;
    id = edit.place.entry;
    if (edit.place.part === "kind" && edit.old.length > 0) return undefined;
    parts.set(edit.place.part, edit.new);
  }
  const [kind, at, person] = [parts.get("kind"), parts.get("at"), parts.get("person")];
  if (id === undefined || kind?.kind !== "text") return undefined;
  const entry = {
    kind: kind.text,
    at: at?.kind === "time" ? at.at : null,
    text: textOf(parts.get("text")),
    person: person?.kind === "document" ? person.document : null,
    place: textOf(parts.get("place")),
  };
  return [{ kind: "entry", id, entry }];
}

/** A todo that the change made, closed or opened again, beside whatever else it did to it. */
function todoSaid(group: readonly EditView[], names: Names): Said[] | undefined {
  const said: Said[] = [];
  const rest: EditView[] = [];
  const made = group.some((edit) => isPart(edit, "text") && edit.old.length === 0);
  // Written with another part it says nothing that this does not.
  const isTold = (edit: EditView) => group.length === 1 || !isPart(edit, "occurrence");
  for (const edit of group) {
    const { place } = edit;
    if (place.kind !== "todo") return undefined;
    if (isPart(edit, "state") && edit.new.kind === "closed") {
      said.push({ kind: "closing", todo: place.todo, closing: edit.new.closing });
    } else if (isPart(edit, "state") && edit.new.kind === "open" && !made) {
      const text = names.todo(place.todo) ?? "…";
      said.push({ kind: "words", words: t("card-said-reopened", { text }) });
    } else if (isTold(edit)) rest.push(edit);
  }
  if (!made) return [...eachSaid(rest, names), ...said];
  return [isNextOfSeries(group) ? nextSaid(rest, names) : madeSaid("card-said-todo-made", rest, names), ...said];
}

/** Nobody but the core puts a todo on a day of a series. */
function isNextOfSeries(group: readonly EditView[]): boolean {
  return group.some((edit) => isPart(edit, "occurrence") && edit.new.kind !== "empty");
}

/** All else is as it was in the todo before it. */
function nextSaid(parts: readonly EditView[], names: Names): Said {
  const own = parts.filter((edit) => ["text", "due", "recurrence"].some((part) => isPart(edit, part)));
  return madeSaid("card-said-todo-again", own, names);
}

function madeSaid(id: string, parts: readonly EditView[], names: Names): Said {
  const words = parts.map((edit) => (edit.kind === "put" && edit.new.kind !== "empty" ? partSaid(edit, names) : ""));
  return { kind: "words", words: t(id, { about: words.filter((word) => word !== "").join(" · ") }) };
}

/** A part of a todo that is told in one line with the others, without the name of its place. */
function partSaid(edit: Put, names: Names): string {
  const words = clipped(valueWords(edit.new, edit.place, names), LONGEST);
  const part = edit.place.kind === "todo" ? edit.place.part : "";
  if (part === "text") return t("card-quoted", { text: words });
  if (part === "urgent") return t("todo-urgent");
  return part === "planned_for" && edit.new.kind === "due" ? plannedWords(edit.new.due) : words;
}

function eachSaid(edits: readonly EditView[], names: Names): Said[] {
  return edits.map((edit) => {
    return { kind: "words", words: edit.kind === "put" ? putWords(edit, names) : textWords(edit, names) };
  });
}

function putWords({ place, old, new: value }: Put, names: Names): string {
  const words = (value: PlaceValue) => clipped(valueWords(value, place, names), LONGEST);
  if (place.kind === "product") return t("card-said-made", { product: words(value) });
  if (place.kind === "trash") return t(value.kind === "trashed" ? "card-said-trashed" : "card-said-restored");
  if (place.kind === "link" && value.kind === "link") return t("card-said-linked", { link: words(value) });
  if (place.kind === "link") return t("card-said-unlinked", { link: old.map(words).join(", ") });
  const before = old.filter(({ kind }) => kind !== "empty");
  const data = { place: placeWords(place, names), new: words(value) };
  if (before.length === 0) return t("card-said-set", data);
  return t("card-said-change", { ...data, old: before.map(words).join(", ") });
}

function textWords({ place, inserted, erased }: Extract<EditView, { kind: "text" }>, names: Names): string {
  const data = { place: placeWords(place, names), inserted: clipped(inserted, LONGEST), erased };
  if (erased === 0) return t("card-said-inserted", { place: data.place, inserted: data.inserted });
  if (inserted === "") return t("card-said-erased", { place: data.place, erased });
  return t("card-said-rewritten", data);
}

function isPart(edit: EditView, part: string): edit is Put {
  return edit.kind === "put" && edit.place.kind === "todo" && edit.place.part === part;
}

function textOf(value: PlaceValue | undefined): string {
  return value?.kind === "text" ? value.text : "";
}
