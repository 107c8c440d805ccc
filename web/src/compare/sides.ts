import { api, type RunDetail } from '../api/client';
import { WallData, type Row } from '../lib/wall';

/** One side of a comparison: a run, or one model of it. */
export interface Side {
  /** A is the baseline. */
  letter: string;
  run: string;
  model: string | null;
}

/** "RUN" or "RUN:MODEL"; a run's id has no colon. */
export function sideOf(letter: string, text: string | null): Side | null {
  if (!text) return null;
  const colon = text.indexOf(':');
  return colon < 0 ? { letter, run: text, model: null } : { letter, run: text.slice(0, colon), model: text.slice(colon + 1) };
}

export function textOf(run: string, model: string | null): string {
  return model === null || model === '' ? run : `${run}:${model}`;
}

/** How many sides stand beside a baseline at most, as the server has it. */
export const kMostOthers = 8;
/** Of the side at this place behind the baseline: B, C, … */
export function letterOf(place: number): string {
  return String.fromCharCode(66 + place);
}

export interface LoadedSide {
  side: Side;
  detail: RunDetail;
  data: WallData;
  rows: Row[];
}

const kPage = 10_000;
const kMost = 40_000;

/** Everything of one side that a replay needs. */
export async function loadSide(side: Side): Promise<LoadedSide> {
  const [detail, wall] = await Promise.all([api.run(side.run), api.wall(side.run, 0, kPage)]);
  const data = new WallData(wall, detail.run.repeats);
  for (let next = wall.next; next !== null && data.next < kMost; ) {
    const page = await api.wall(side.run, next, kPage);
    data.append(page);
    next = page.next;
  }
  return { side, detail, data, rows: data.rows.filter((row) => side.model === null || row.model.label === side.model) };
}

/** B relative to A, whichever of them is the better one: a factor for speeds, a difference for shares. */
export function change(difference: { metric: string; better: { model: string }; estimate: number; ci95: readonly (number | null)[] | null }): {
  kind: 'factor' | 'points';
  value: number;
  low: number | null;
  high: number | null;
} {
  const bBetter = !difference.better.model.startsWith('A: ');
  const [low, high] = [difference.ci95?.[0] ?? null, difference.ci95?.[1] ?? null];
  if (difference.metric === 'accuracy' || difference.metric.endsWith('score')) {
    const sign = bBetter ? 1 : -1;
    const ends = [low, high].map((end) => (end === null ? null : end * sign));
    return { kind: 'points', value: difference.estimate * sign, low: (bBetter ? ends[0] : ends[1]) ?? null, high: (bBetter ? ends[1] : ends[0]) ?? null };
  }
  const factor = (share: number | null): number | null => (share === null ? null : bBetter ? 1 + share : 1 / (1 + share));
  return { kind: 'factor', value: factor(difference.estimate) ?? 1, low: bBetter ? factor(low) : factor(high), high: bBetter ? factor(high) : factor(low) };
}
