// Places in a list, as numbers that leave room between them.

/** How far places are apart, so that something fits between two of them. */
const GAP = 10;
/** The highest place there is. */
const LAST = 4_294_967_295;

export interface Placed {
  readonly order: number;
}

/** The place behind all of these. */
export function lastPlace(rows: readonly Placed[]): number {
  const last = rows.at(-1);
  return last === undefined ? GAP : Math.min(last.order + GAP, LAST);
}

/** Which rows get which places, so that the row at `from` stands at `to`: one of them where there is room, else all. */
export function moved<Row extends Placed>(rows: readonly Row[], from: number, to: number): Row[] {
  const row = rows[from];
  if (row === undefined || from === to) return [];
  const others = rows.filter((other) => other !== row);
  const before = others[to - 1]?.order ?? -1;
  const after = others[to]?.order ?? Math.min(before + 2 * GAP, LAST + 1);
  const middle = Math.floor((before + after) / 2);
  if (middle > before && middle < after) return [{ ...row, order: middle }];
  const all = [...others.slice(0, to), row, ...others.slice(to)];
  const spread = all.map((row, place) => ({ ...row, order: (place + 1) * GAP }));
  return spread.filter(({ order }, place) => order !== all[place]?.order);
}
