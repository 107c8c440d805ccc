/** Browsers cut elements off beyond some tens of millions of px, so a longer list is scrolled in a shorter box. */
export const kMostPixels = 8_000_000;

export interface Window {
  /** First and one past the last row to draw. */
  first: number;
  end: number;
  /** Where the first of them stands in the box, px. */
  offset: number;
  /** Height of the box, px. */
  height: number;
}

/**
 * Which rows of a list stand in the window. While the list fits the box one px scrolls one px; a longer one is scaled,
 * and the rows drawn keep their true distance.
 */
export function windowOf(count: number, rowHeight: number, scrollTop: number, viewHeight: number, spare = 8): Window {
  const full = count * rowHeight;
  const height = Math.min(full, kMostPixels);
  if (count === 0) return { first: 0, end: 0, offset: 0, height: 0 };
  const most = Math.max(0, height - viewHeight);
  const top = Math.min(Math.max(scrollTop, 0), most);
  const share = most > 0 ? top / most : 0;
  const fullTop = share * Math.max(0, full - viewHeight);
  const first = Math.max(0, Math.floor(fullTop / rowHeight) - spare);
  const end = Math.min(count, Math.ceil((fullTop + viewHeight) / rowHeight) + spare);
  return { first, end, offset: top - (fullTop - first * rowHeight), height };
}

/** Where to scroll to, so that a row stands in the window; null when it does. */
export function scrollFor(row: number, count: number, rowHeight: number, scrollTop: number, viewHeight: number): number | null {
  const full = count * rowHeight;
  const height = Math.min(full, kMostPixels);
  const most = Math.max(0, height - viewHeight);
  const fullMost = Math.max(0, full - viewHeight);
  const fullTop = most > 0 ? (Math.min(scrollTop, most) / most) * fullMost : 0;
  const wanted = row * rowHeight < fullTop ? row * rowHeight : (row + 1) * rowHeight > fullTop + viewHeight ? (row + 1) * rowHeight - viewHeight : null;
  return wanted === null || fullMost === 0 ? null : (wanted / fullMost) * most;
}
