import type { Trial } from './wall';

/** One trial on its row's own time, in ms. `first` is null where no token came or its time is not known. */
export interface Span {
  trial: Trial;
  slot: number;
  start: number;
  first: number | null;
  end: number;
}

export interface Timeline {
  /** In the order in which they begin. */
  spans: Span[];
  /** When the last one ends. */
  length: number;
  /** How long the load takes at the row's beginning, 0 where it is left out. */
  load: number;
}

/**
 * Puts the trials of one row on that row's own time: the time during which it had at least one request under way.
 * Pauses for judging, and the turns of other models, are taken out; trials that overlapped still overlap. So a row of
 * one stream ends at the sum of its durations, and all rows can begin at 0 and be compared.
 *
 * A trial without times of its own takes as long as its report claims, behind whatever came before it; without a claim
 * it takes no time and lights with its predecessor.
 */
export function timelineOf(trials: readonly { trial: Trial; slot: number }[], loadMs: number | null): Timeline {
  const load = loadMs ?? 0;
  const spans: Span[] = [];
  let busyFrom = 0; // run time at which the present stretch began
  let busyUntil = -Infinity; // run time at which it will have ended
  let base = load; // row time at busyFrom
  let rowEnd = load; // row time at which everything so far has ended
  for (const { trial, slot } of placed(trials)) {
    const { sent } = trial;
    if (sent === null) {
      const start = rowEnd;
      rowEnd += trial.claimedMs ?? 0;
      spans.push({ trial, slot, start, first: null, end: rowEnd });
      continue;
    }
    if (sent > busyUntil) {
      base = rowEnd;
      busyFrom = sent;
    }
    const end = Math.max(trial.done ?? trial.last ?? trial.first ?? sent, sent);
    busyUntil = Math.max(busyUntil, end);
    const from = base - busyFrom;
    rowEnd = Math.max(rowEnd, end + from);
    spans.push({ trial, slot, start: sent + from, first: trial.first === null ? null : trial.first + from, end: end + from });
  }
  return { spans, load, length: rowEnd };
}

/** By the time of sending; what has none stays behind its predecessor in the run. */
function placed(trials: readonly { trial: Trial; slot: number }[]): { trial: Trial; slot: number }[] {
  const bySequence = [...trials].sort((a, b) => a.trial.sequence - b.trial.sequence);
  let last = -Infinity;
  const keyed = bySequence.map((entry, index) => {
    if (entry.trial.sent !== null) last = entry.trial.sent;
    return { entry, index, key: entry.trial.sent ?? last };
  });
  keyed.sort((a, b) => (a.key === b.key ? a.index - b.index : a.key < b.key ? -1 : 1));
  return keyed.map(({ entry }) => entry);
}

export type Phase = 'waiting' | 'prefill' | 'decode' | 'done';

/** What a span is doing at `at`; nothing is done before the clock has moved. */
export function phaseOf(span: Span, at: number): Phase {
  if (at <= 0) return 'waiting';
  if (at >= span.end) return 'done';
  if (at < span.start) return 'waiting';
  return span.first !== null && at >= span.first ? 'decode' : 'prefill';
}

/** How far the decoding is, 0 to 1. */
export function decoded(span: Span, at: number): number {
  if (span.first === null || span.end <= span.first) return 0;
  return Math.min(Math.max((at - span.first) / (span.end - span.first), 0), 1);
}

/**
 * Walks a timeline with the clock and says which squares changed, so that a frame costs what happened in it and not
 * the size of the wall.
 */
export class Cursor {
  private next = 0;
  private readonly active = new Set<Span>();
  private at = 0;
  lit = 0;
  passed = 0;
  failed = 0;
  tokens = 0;

  constructor(readonly timeline: Timeline) {}

  /** Every span whose look may differ from before. Going back starts anew: then all of them, and `true`. */
  move(to: number): { changed: Span[]; all: boolean } {
    const back = to < this.at;
    if (back) this.reset();
    const changed: Span[] = [...this.active];
    const { spans } = this.timeline;
    if (to > 0) {
      for (let span = spans[this.next]; span && span.start <= to; span = spans[this.next]) {
        this.next += 1;
        this.active.add(span);
        changed.push(span);
      }
    }
    for (const span of this.active) {
      if (phaseOf(span, to) !== 'done') continue;
      this.active.delete(span);
      this.lit += 1;
      this.tokens += span.trial.tokens ?? 0;
      if (span.trial.verdict === 'pass') this.passed += 1;
      if (span.trial.verdict === 'fail') this.failed += 1;
    }
    this.at = to;
    return { changed, all: back };
  }

  private reset(): void {
    this.next = 0;
    this.active.clear();
    this.lit = this.passed = this.failed = this.tokens = 0;
  }
}

/** The ends of all spans, sorted and without repetitions: where *step* goes. */
export function stops(timelines: readonly Timeline[]): number[] {
  const ends = timelines.flatMap((timeline) => timeline.spans.map((span) => span.end));
  return [...new Set(ends)].sort((a, b) => a - b);
}

/** The next stop after `at` (or before it, for −1); the ends of the scale where there is none. */
export function stepFrom(sorted: readonly number[], at: number, direction: 1 | -1): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const value = sorted[middle] ?? 0;
    if (direction === 1 ? value <= at : value < at) low = middle + 1;
    else high = middle;
  }
  if (direction === 1) return sorted[low] ?? sorted[sorted.length - 1] ?? 0;
  return sorted[low - 1] ?? 0;
}
