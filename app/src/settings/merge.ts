// Two edits of one setting that did not know of each other: what they change differently, and one on top of the other.

export type Json = string | number | boolean | null | undefined | readonly Json[] | { readonly [name: string]: Json };
type Members = { readonly [name: string]: Json };
/** An option of a choice: it is the same one wherever it stands. */
type Keyed = Members & { readonly key: string };

export interface Difference {
  /** The members that lead to it, options by their keys; a list of options itself is about their order. */
  readonly path: readonly string[];
  readonly mine: Json;
  readonly theirs: Json;
  /** Whether it was changed here; if not it stays as theirs in any case. */
  readonly isMine: boolean;
}

/** Theirs, with what was changed here on top of it. */
export function merged<T>(base: T, mine: T, theirs: T): T {
  return merge(base as Json, mine as Json, theirs as Json) as T;
}

/** What would be otherwise by the one than by the other. */
export function differences(base: object, mine: object, theirs: object): Difference[] {
  return differ([], base as Json, mine as Json, theirs as Json);
}

export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function merge(base: Json, mine: Json, theirs: Json): Json {
  const pair = [mine, theirs] as const;
  if (isPair(pair)) {
    const [mine, theirs] = pair;
    const names = new Set([...Object.keys(theirs), ...Object.keys(mine)]);
    const members = [...names].map((name) => [name, merge(member(base, name), mine[name], theirs[name])] as const);
    return Object.fromEntries(members.filter(([, value]) => value !== undefined));
  }
  if (isKeyedPair(pair)) {
    const [first, second] = isMoved(keysOf(base), keysOf(mine)) ? [mine, theirs] : [theirs, mine];
    const keys = new Set([...keysOf(first), ...keysOf(second)]);
    const rows = [...keys].map((key) => merge(at(base, key), at(mine, key), at(theirs, key)));
    return rows.filter((row) => row !== undefined);
  }
  return isSame(base, mine) ? theirs : mine;
}

function differ(path: readonly string[], base: Json, mine: Json, theirs: Json): Difference[] {
  if (isSame(mine, theirs)) return [];
  const pair = [mine, theirs] as const;
  if (isPair(pair)) {
    const [mine, theirs] = pair;
    const names = new Set([...Object.keys(mine), ...Object.keys(theirs)]);
    if (path.length === 0) names.delete("version");
    return [...names].flatMap((name) => differ([...path, name], member(base, name), mine[name], theirs[name]));
  }
  if (isKeyedPair(pair)) {
    const [own, other] = [keysOf(mine), keysOf(theirs)];
    const keys = [...new Set([...own, ...other])];
    const rows = keys.flatMap((key) => differ([...path, key], at(base, key), at(mine, key), at(theirs, key)));
    if (!isMoved(own, other)) return rows;
    return [{ path, mine: own, theirs: other, isMine: isMoved(keysOf(base), own) }, ...rows];
  }
  return [{ path, mine, theirs, isMine: !isSame(base, mine) }];
}

/** Objects of one sort: of two kinds of field each has members of its own, so one of them holds as a whole. */
function isPair(pair: readonly [Json, Json]): pair is [Members, Members] {
  const [mine, theirs] = pair;
  return isMembers(mine) && isMembers(theirs) && mine["type"] === theirs["type"];
}

function isKeyedPair(pair: readonly [Json, Json]): pair is [readonly Keyed[], readonly Keyed[]] {
  const isKeyed = (row: Json) => isMembers(row) && typeof row["key"] === "string";
  return pair.every((list) => Array.isArray(list) && list.every(isKeyed));
}

/** Whether what both lists have stands in another order. */
function isMoved(one: readonly string[], other: readonly string[]): boolean {
  return !isSame(
    one.filter((key) => other.includes(key)),
    other.filter((key) => one.includes(key)),
  );
}

function isMembers(value: Json): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function member(of: Json, name: string): Json {
  return isMembers(of) ? of[name] : undefined;
}

function at(list: Json, key: string): Json {
  return Array.isArray(list) ? list.find((row) => member(row, "key") === key) : undefined;
}

function keysOf(list: Json): string[] {
  return Array.isArray(list) ? list.map((row) => String(member(row, "key"))) : [];
}
