// A due in parts: a day, or a minute on the wall of a zone. Days are reckoned here only for what a form begins with:
// the core says what is due when.

import type { Session } from "./session.svelte";

/** `time` and `zone` are empty for a day, all three for no due. */
export interface DueParts {
  readonly day: string;
  readonly time: string;
  readonly zone: string;
}

const FORM = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})\[(.+)\])?$/;

/** A due by its text form, `2026-11-30` or `2026-11-30T09:00[Europe/Budapest]`. */
export function partsOf(due: string | null): DueParts {
  const [, day = "", time = "", zone = ""] = FORM.exec(due ?? "") ?? [];
  return { day, time, zone };
}

export function dueOf({ day, time, zone }: DueParts): string | null {
  if (day === "") return null;
  return time === "" ? day : `${day}T${time}[${zone}]`;
}

/** What the clocks show at a due with a time, as an input of day and time has it; nothing for any other. */
export function minuteOf(due: string): string {
  const { day, time } = partsOf(due);
  return time === "" ? "" : `${day}T${time}`;
}

/** The due at what such an input has, by the clocks of a zone; nothing for an empty one. */
export function dueAt(minute: string, zone: string): string {
  const [day = "", time = ""] = minute.split("T");
  // Some browsers add seconds.
  return time === "" ? "" : `${day}T${time.slice(0, 5)}[${zone}]`;
}

/** The user's own zone; this device's until the settings are read. */
export function ownZone({ settings, identity }: Session): string {
  return settings.user(identity?.user)?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Which day it is in a zone; in this device's if the browser does not know it. */
export function todayIn(zone: string, now = Date.now()): string {
  const parts = new Map(calendar(zone).formatToParts(now).map(({ type, value }) => [type, value]));
  return `${parts.get("year")}-${parts.get("month")}-${parts.get("day")}`;
}

export function plusDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}

/** The first and last day of the week of a day. */
export function weekOf(day: string, firstDay: number): { from: string; to: string } {
  const since = (new Date(Date.parse(day)).getUTCDay() - firstDay + 7) % 7;
  const from = plusDays(day, -since);
  return { from, to: plusDays(from, 6) };
}

/** On which day a week begins in a country, from Monday (1) to Sunday (7); Monday if the browser cannot say (T16). */
export function firstDayOf(locale: string): number {
  type Week = { firstDay: number };
  try {
    const known = new Intl.Locale(locale) as Intl.Locale & { getWeekInfo?(): Week; weekInfo?: Week };
    return (known.getWeekInfo?.() ?? known.weekInfo)?.firstDay ?? 1;
  } catch {
    return 1;
  }
}

function calendar(timeZone: string | undefined): Intl.DateTimeFormat {
  const parts = { calendar: "gregory", numberingSystem: "latn", year: "numeric", month: "2-digit", day: "2-digit" };
  try {
    return new Intl.DateTimeFormat("en", { ...parts, timeZone } as Intl.DateTimeFormatOptions);
  } catch (error) {
    if (timeZone === undefined) throw error;
    return calendar(undefined);
  }
}
