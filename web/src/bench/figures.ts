import type { BenchRow } from '../api/client';
import { quantile } from '../lib/pareto';

type Repetition = BenchRow['repetitions'][number];

/** Tokens a second of each repetition, in order: what the median of a test is of. */
export function speeds(row: BenchRow): number[] {
  return row.repetitions.map((one) => (((one.prompt_tokens ?? row.n_prompt) + (one.tokens_ns.length || row.n_gen)) * 1e9) / one.total_ns);
}

/** Milliseconds that each generated token took. */
export function tokenSteps(one: Repetition): number[] {
  return one.tokens_ns.map((end, index) => (end - (index === 0 ? (one.prompt_ns ?? 0) : (one.tokens_ns[index - 1] ?? 0))) / 1e6);
}

/** Tokens `from` … `to` (not with it), over all repetitions: ms. */
export interface Stretch {
  from: number;
  to: number;
  low: number;
  middle: number;
  high: number;
}

/** At most `most` stretches, so that a long test is drawn as quickly as a short one. */
export function stretches(row: BenchRow, most: number): Stretch[] {
  const all = row.repetitions.map(tokenSteps).filter((steps) => steps.length > 0);
  const count = all.reduce((longest, steps) => Math.max(longest, steps.length), 0);
  const width = Math.max(1, Math.ceil(count / most));
  const found: Stretch[] = [];
  for (let from = 0; from < count; from += width) {
    const to = Math.min(count, from + width);
    const values = all.flatMap((steps) => steps.slice(from, to)).sort((a, b) => a - b);
    const [low, high] = [values[0], values[values.length - 1]];
    if (low === undefined || high === undefined) continue;
    found.push({ from, to, low, middle: quantile(values, 0.5) ?? low, high });
  }
  return found;
}

/** The top of a scale that shows what is usual: one slow token must not flatten the other thousand. */
export function usualTop(found: readonly Stretch[]): number {
  const highs = found.map((one) => one.high).sort((a, b) => a - b);
  const middles = found.map((one) => one.middle).sort((a, b) => a - b);
  const all = highs[highs.length - 1] ?? 1;
  return Math.min(all, Math.max((quantile(highs, 0.95) ?? all) * 1.1, (middles[middles.length - 1] ?? all) * 1.2)) || 1;
}

const kWays: Record<string, string> = { engine: '', sampling: '+ sampling', chat: '+ template', http: '+ HTTP' };
/** "tg128", "tg128 + template". */
export function titleOf(row: { name: string; path: string }): string {
  return `${row.name} ${kWays[row.path] ?? row.path}`.trim();
}

const kEnds: Record<BenchRow['end'], [string, string]> = {
  precise: ['', 'The interval of the median is as narrow as was asked for'],
  count: ['count', 'The most repetitions that were allowed; the interval is still wider than was asked for'],
  time: ['time', 'The time for this test was over; the interval is still wider than was asked for'],
  interrupted: ['interrupted', 'The bench was interrupted before this test was done'],
  failed: ['failed', 'The engine could not do it; the sentence stands below the table'],
  running: ['going on', 'More repetitions are to come'],
};
/** Why no more repetitions were made: a word and a sentence. */
export function endOf(row: BenchRow): { word: string; why: string } {
  const [word, why] = kEnds[row.end];
  return { word, why };
}

export interface Setting {
  name: string;
  of: (row: BenchRow) => string;
}
const kSettings: readonly (Setting & { usual: string })[] = [
  { name: 'threads', usual: '', of: (row) => (row.n_threads === null ? '–' : String(row.n_threads)) },
  { name: 'GPU layers', usual: '–', of: (row) => (row.n_gpu_layers === null ? '–' : String(row.n_gpu_layers)) },
  { name: 'batch', usual: '2048', of: (row) => String(row.n_batch) },
  { name: 'micro-batch', usual: '512', of: (row) => String(row.n_ubatch) },
  { name: 'keys', usual: 'f16', of: (row) => row.type_k },
  { name: 'values', usual: 'f16', of: (row) => row.type_v },
  { name: 'flash attention', usual: 'auto', of: (row) => row.flash_attn },
];
/** Threads always; of the others those that are not the usual value somewhere. */
export function shownSettings(rows: readonly BenchRow[]): Setting[] {
  return kSettings.filter((setting) => rows.some((row) => setting.of(row) !== setting.usual));
}
