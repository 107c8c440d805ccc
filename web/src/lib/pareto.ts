/** Of points where more is better in both, those that no other point beats: by x ascending. */
export function front<T extends { x: number; y: number }>(points: readonly T[]): T[] {
  const sorted = [...points].sort((a, b) => b.x - a.x || b.y - a.y);
  const kept: T[] = [];
  let best = -Infinity;
  for (const point of sorted) {
    if (point.y <= best) continue;
    best = point.y;
    kept.push(point);
  }
  return kept.reverse();
}

/** The value below which `share` of the sorted values lie; linear between neighbours, as the summaries have it. */
export function quantile(sorted: readonly number[], share: number): number | null {
  if (sorted.length === 0) return null;
  const place = (sorted.length - 1) * share;
  const low = sorted[Math.floor(place)] ?? 0;
  const high = sorted[Math.ceil(place)] ?? low;
  return low + (high - low) * (place - Math.floor(place));
}

/** At most `most` of the points of a long series: for each stretch its lowest and highest, so that no outlier is lost. */
export function thinned<T extends { x: number; y: number }>(points: readonly T[], most: number): T[] {
  if (points.length <= most) return [...points];
  const stretch = Math.ceil(points.length / (most / 2));
  const kept: T[] = [];
  for (let begin = 0; begin < points.length; begin += stretch) {
    const part = points.slice(begin, begin + stretch);
    let low = part[0];
    let high = part[0];
    for (const point of part) {
      if (low && point.y < low.y) low = point;
      if (high && point.y > high.y) high = point;
    }
    if (!low || !high) continue;
    kept.push(...(low === high ? [low] : points.indexOf(low) < points.indexOf(high) ? [low, high] : [high, low]));
  }
  return kept;
}
