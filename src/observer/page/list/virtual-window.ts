/** The part of a long list that is in the document: rows of one height, some beyond either edge. */
export interface VirtualWindow {
  readonly first: number;
  /** The one after the last. */
  readonly end: number;
}

export interface Viewport {
  readonly rows: number;
  readonly rowHeight: number;
  readonly height: number;
  readonly scrollTop: number;
}

/** How many rows are ready beyond each edge, for a scroll that is faster than a frame. */
const BEYOND = 8;

export function windowOf({ rows, rowHeight, height, scrollTop }: Viewport): VirtualWindow {
  const first = Math.max(0, Math.min(rows, Math.floor(scrollTop / rowHeight) - BEYOND));
  const end = Math.min(rows, Math.ceil((scrollTop + height) / rowHeight) + BEYOND);
  return { first, end: Math.max(first, end) };
}

/** How far to scroll for a row to be seen in whole; no further than needed. */
export function scrollTopFor(row: number, { rowHeight, height, scrollTop }: Viewport): number {
  const top = row * rowHeight;
  if (top < scrollTop) return top;
  return Math.max(scrollTop, top + rowHeight - height);
}

/** The row that a key leads to, from the present one; none, where the key is no way to move. */
export function rowAfterKey(key: string, row: number, { rows, rowHeight, height }: Viewport): number | undefined {
  const page = Math.max(1, Math.floor(height / rowHeight) - 1);
  const steps: Record<string, number> = {
    ArrowDown: row + 1,
    ArrowUp: row - 1,
    PageDown: row + page,
    PageUp: row - page,
    Home: 0,
    End: rows - 1,
  };
  const to = steps[key];
  return to === undefined || rows === 0 ? undefined : Math.max(0, Math.min(rows - 1, to));
}
