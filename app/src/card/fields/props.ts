// What the component of each kind of field is given.

import type { CardEdit, Edited, FieldInfo, FieldValue } from "@roadbook/core";
import type { Session } from "../../lib/session.svelte";

/** An edit of a field; contacts have those that set a value. */
export type FieldEdit = Extract<CardEdit, { kind: "setField" | "setOption" | "editText" }>;

export type Save = (edits: FieldEdit[]) => Promise<Edited>;

export interface FieldProps {
  session: Session;
  /** Of the input, for its label and whatever describes it. */
  id: string;
  field: FieldInfo;
  /** What it holds; nothing if it is empty. */
  value: FieldValue | undefined;
  /** Names the place of what is typed and not stored. */
  place: string;
  /** Stores it, and answers whether that changed anything; rejects if it fails. */
  store: (edit: FieldEdit) => Promise<boolean>;
  /** The ids of what else describes the input. */
  describedBy: string;
}
