// A damaged file: what is unsent is saved into a new one, and everything else comes back from the server.

import { salvageRoadbook } from "@roadbook/core";
import { forget, keep, kept } from "@roadbook/core/kept";

const REPAIRED = "roadbook/repaired";

/** What a repair brought. */
export interface Repaired {
  /** How many edits were saved. */
  readonly saved: number;
  /** Whether all of the damaged file could be read. */
  readonly isComplete: boolean;
}

/** Saves what can be read, and loads the page anew, which tells of it. */
export async function repair(file: string, version: string): Promise<void> {
  const { saved, complete } = await salvageRoadbook({ file, version });
  keep(REPAIRED, JSON.stringify([Number(saved), complete]));
  location.reload();
}

/** What the repair before this page brought; it is told once. */
export function lastRepair(): Repaired | undefined {
  const text = kept(REPAIRED);
  if (text === null) return undefined;
  forget(REPAIRED);
  const [saved, isComplete] = JSON.parse(text) as [number, boolean];
  return { saved, isComplete };
}
