// A long text that two people edit at once. The core merges what is stored; this merges what somebody is still typing
// with what has come from others meanwhile, so that storing it takes nothing away.

/** Where one text was made another: `inserted` stands in the place of what was between `start` and `end`. */
interface Edit {
  start: number;
  end: number;
  inserted: string;
}

/** `base` as both have edited it. Where both edited the same, both texts stand, one after the other. */
export function merged(base: string, mine: string, theirs: string): string {
  const own = editBetween(base, mine);
  const other = editBetween(base, theirs);
  const [first, second] = own.start <= other.start ? [own, other] : [other, own];
  const between = base.slice(first.end, Math.max(second.start, first.end));
  const rest = base.slice(Math.max(first.end, second.end));
  return base.slice(0, first.start) + first.inserted + between + second.inserted + rest;
}

/** Where a caret of the old text is in the new one. */
export function moved(caret: number, old: string, merged: string): number {
  const { start } = editBetween(old, merged);
  return caret <= start ? caret : Math.max(start, caret + merged.length - old.length);
}

function editBetween(old: string, text: string): Edit {
  const shorter = Math.min(old.length, text.length);
  let start = 0;
  while (start < shorter && old[start] === text[start]) start++;
  let tail = 0;
  while (tail < shorter - start && old[old.length - 1 - tail] === text[text.length - 1 - tail]) tail++;
  return { start, end: old.length - tail, inserted: text.slice(start, text.length - tail) };
}
