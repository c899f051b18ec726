// Which rows of a long list are in the page, and how much room the others take: arithmetic only.

/** How many rows one call of the core brings. */
export const PAGE = 50;
/** How many rows are in the page at most. */
export const MOST_ROWS = 60;
/** How many rows are there above and below those in sight, so that Tab and a reading voice find the next one. */
export const BESIDE = 10;

/** Rows of a list, and the room above and below them in pixels. */
export interface Window {
  readonly first: number;
  /** One after the last. */
  readonly end: number;
  readonly above: number;
  readonly below: number;
}

export const NOTHING: Window = { first: 0, end: 0, above: 0, below: 0 };

/** The heights of the rows of a list: assumed until they are measured. A step costs the logarithm of their number. */
export class Heights {
  readonly #heights: Float64Array;
  /** A binary indexed tree: sums over ranges whose lengths are powers of two. */
  readonly #sums: Float64Array;

  /** `known` are those of the list before it grew or shrank: rows are as high as what stood in their places. */
  constructor(
    readonly count: number,
    assumed: number,
    known?: Heights,
  ) {
    this.#heights = new Float64Array(count).fill(assumed);
    if (known !== undefined) this.#heights.set(known.#heights.subarray(0, count));
    this.#sums = new Float64Array(count + 1);
    for (let place = 1; place <= count; place++) {
      this.#sums[place]! += this.#heights[place - 1]!;
      const parent = place + (place & -place);
      if (parent <= count) this.#sums[parent]! += this.#sums[place]!;
    }
  }

  /** How high all rows are together. */
  get total(): number {
    return this.above(this.count);
  }

  /** A row has been measured. */
  set(row: number, height: number): void {
    if (row < 0 || row >= this.count) return;
    const more = height - this.#heights[row]!;
    if (more === 0) return;
    this.#heights[row] = height;
    for (let place = row + 1; place <= this.count; place += place & -place) this.#sums[place]! += more;
  }

  /** How high the rows above a row are together. */
  above(row: number): number {
    let sum = 0;
    for (let place = Math.min(row, this.count); place > 0; place -= place & -place) sum += this.#sums[place]!;
    return sum;
  }

  /** The row at so many pixels below the beginning: the first or last one if that lies outside. */
  at(offset: number): number {
    let row = 0;
    let left = offset;
    for (let step = 2 ** Math.floor(Math.log2(Math.max(this.count, 1))); step >= 1; step /= 2) {
      const sum = this.#sums[row + step];
      if (sum === undefined || sum > left) continue;
      row += step;
      left -= sum;
    }
    return Math.max(0, Math.min(row, this.count - 1));
  }
}

/**
 * What to have in the page while the list is in sight from `top` to `bottom`, in pixels below its beginning: those rows,
 * and at most so many beside them.
 */
export function windowOf(heights: Heights, top: number, bottom: number, most = BESIDE): Window {
  if (heights.count === 0) return NOTHING;
  const from = heights.at(top);
  const to = Math.min(heights.at(bottom) + 1, from + MOST_ROWS);
  const beside = Math.min(most, Math.floor((MOST_ROWS - (to - from)) / 2));
  const first = Math.max(0, from - beside);
  const end = Math.min(heights.count, to + beside);
  return { first, end, above: heights.above(first), below: heights.total - heights.above(end) };
}

export function isSame(one: Window, other: Window): boolean {
  return one.first === other.first && one.end === other.end && one.above === other.above && one.below === other.below;
}

/** The pages that hold the rows of a window, the one in the middle of it first. */
export function pagesOf({ first, end }: Window): number[] {
  if (end <= first) return [];
  const middle = Math.floor((first + end - 1) / 2 / PAGE);
  const pages = [middle];
  for (let page = Math.floor(first / PAGE); page * PAGE < end; page++) if (page !== middle) pages.push(page);
  return pages;
}

/** One row of the page. */
export interface Row<Item> {
  /** Unlike that of any other row. */
  readonly key: string;
  readonly place: number;
  /** None: it has not been loaded yet. */
  readonly item: Item | undefined;
  readonly before: Item | undefined;
}

/** The rows of a window. */
export function rowsOf<Item>(
  { first, end }: Window,
  count: number,
  at: (place: number) => Item | undefined,
  key: (item: Item) => string,
): Row<Item>[] {
  const keys = new Set<string>();
  const rows: Row<Item>[] = [];
  for (let place = first; place < Math.min(end, count); place++) {
    const item = at(place);
    const own = item === undefined ? "" : key(item);
    // Pages that were read one after the other may show the same item twice for a moment.
    const unique = own === "" || keys.has(own) ? `${own}#${place}` : own;
    keys.add(unique);
    rows.push({ key: unique, place, item, before: at(place - 1) });
  }
  return rows;
}
