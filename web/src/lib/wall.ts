import type { Status, Verdict, Wall, WallModel, WallRow } from '../api/client';

/** One trial as the wall knows it. Times are ms from the run's start; null is not known. */
export interface Trial {
  sequence: number;
  status: Status;
  verdict: Verdict | null;
  flags: readonly string[];
  sent: number | null;
  first: number | null;
  last: number | null;
  done: number | null;
  tokens: number | null;
  /** What a report of another tool says of a trial that it gives no times of; null where we measured. */
  claimedMs: number | null;
  claimedTps: number | null;
}

/** One model in one cell: its squares, one for each case and repeat. */
export interface Row {
  key: string;
  model: WallModel;
  cell: number;
  cellLabel: string | null;
  /** By slot: case × repeats + repeat. */
  trials: (Trial | undefined)[];
  filled: number;
  passed: number;
  failed: number;
  tokens: number;
}

/** How a square looks when its trial is over. */
export type Look = 'pass' | 'fail' | 'incomplete' | 'error' | 'ungraded';

export function lookOf(trial: Trial): Look {
  if (trial.verdict === null || trial.verdict === undefined) return trial.status === 'ok' ? 'ungraded' : 'error';
  return trial.verdict;
}

/** The wall's data: filled page by page for a stored run, and sample by sample for a live one. */
export class WallData {
  readonly rows: Row[] = [];
  readonly models: WallModel[];
  readonly cells: { label: string | null }[];
  cases: string[];
  repeats: number;
  /** Sequences that are here; the next page begins behind them. */
  next = 0;
  private readonly places = new Map<number, { row: Row; slot: number }>();

  constructor(wall: Wall, repeats: number) {
    this.models = wall.models;
    this.cells = wall.cells;
    // The server names only so many; a case beyond them is known by its place.
    this.cases = Array.from({ length: wall.cases_total }, (_, index) => wall.cases?.[index] ?? String(index + 1));
    this.repeats = Math.max(1, repeats);
    for (const model of this.models) {
      for (let cell = 0; cell < Math.max(1, this.cells.length); cell += 1) {
        this.rows.push({
          key: `${model.index}/${cell}`,
          model,
          cell,
          cellLabel: this.cells[cell]?.label ?? null,
          trials: new Array(this.cases.length * this.repeats),
          filled: 0,
          passed: 0,
          failed: 0,
          tokens: 0,
        });
      }
    }
    this.append(wall);
  }

  get slots(): number {
    return this.cases.length * this.repeats;
  }

  append(wall: Wall): void {
    const c = wall.samples;
    for (let i = 0; i < c.sequence.length; i += 1) {
      this.put({
        sequence: c.sequence[i] ?? 0,
        model: c.model[i] ?? 0,
        cell: c.cell[i] ?? 0,
        case: c.case[i] ?? null,
        repeat: c.repeat[i] ?? 0,
        status: c.status[i] ?? 'ok',
        verdict: c.verdict[i] ?? null,
        flags: c.flags[i] ?? [],
        sent_ms: c.sent_ms[i] ?? null,
        first_token_ms: c.first_token_ms[i] ?? null,
        last_token_ms: c.last_token_ms[i] ?? null,
        done_ms: c.done_ms[i] ?? null,
        output_tokens: c.output_tokens[i] ?? null,
        claimed_e2e_ms: c.claimed_e2e_ms[i] ?? null,
        claimed_decode_tps: c.claimed_decode_tps[i] ?? null,
      });
    }
  }

  /** Puts one sample in its place; returns where that is, or null when it has none (a case that the suite lost). */
  put(sample: WallRow): { row: Row; slot: number } | null {
    this.next = Math.max(this.next, sample.sequence + 1);
    const row = this.rows[sample.model * Math.max(1, this.cells.length) + sample.cell];
    if (!row || sample.case === null) return null;
    const slot = sample.case * this.repeats + Math.min(sample.repeat, this.repeats - 1);
    const before = row.trials[slot];
    if (before) this.count(row, before, -1);
    const trial: Trial = {
      sequence: sample.sequence,
      status: sample.status,
      verdict: sample.verdict,
      flags: sample.flags,
      sent: sample.sent_ms,
      first: sample.first_token_ms,
      last: sample.last_token_ms,
      done: sample.done_ms,
      tokens: sample.output_tokens,
      claimedMs: sample.claimed_e2e_ms,
      claimedTps: sample.claimed_decode_tps,
    };
    row.trials[slot] = trial;
    this.count(row, trial, 1);
    const place = { row, slot };
    this.places.set(sample.sequence, place);
    return place;
  }

  /** A verdict that came after its sample. */
  judge(sequence: number, verdict: Verdict): { row: Row; slot: number } | null {
    const place = this.places.get(sequence);
    const trial = place?.row.trials[place.slot];
    if (!place || !trial) return null;
    this.count(place.row, trial, -1);
    trial.verdict = verdict;
    this.count(place.row, trial, 1);
    return place;
  }

  placeOf(sequence: number): { row: Row; slot: number } | null {
    return this.places.get(sequence) ?? null;
  }

  caseOf(slot: number): { id: string; index: number; repeat: number } {
    const index = Math.floor(slot / this.repeats);
    return { id: this.cases[index] ?? '', index, repeat: slot % this.repeats };
  }

  private count(row: Row, trial: Trial, by: 1 | -1): void {
    row.filled += by;
    row.tokens += by * (trial.tokens ?? 0);
    if (trial.verdict === 'pass') row.passed += by;
    if (trial.verdict === 'fail') row.failed += by;
  }
}

/** Means of what a report claims of a row, over the results that have a verdict; null where it claims nothing. */
export function claimsOf(row: Row): { tps: number | null; ms: number | null } {
  const judged = row.trials.filter((trial): trial is Trial => trial !== undefined && (trial.verdict === 'pass' || trial.verdict === 'fail'));
  const mean = (values: number[]): number | null => (values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length);
  return {
    tps: mean(judged.flatMap((trial) => trial.claimedTps ?? [])),
    ms: mean(judged.flatMap((trial) => trial.claimedMs ?? [])),
  };
}

/**
 * Who is fastest, slowest, most and least accurate by what a report claims; ties share, and a model alone earns none.
 * A report has one run of each case and no test, so these are its claims and not what a difference shows.
 */
export function claimedAwards(rows: readonly Row[]): Map<string, string[]> {
  const awards = new Map<string, string[]>();
  const give = (name: string, values: Map<string, number>, best: number): void => {
    if (values.size < 2 || new Set(values.values()).size < 2) return;
    for (const [key, value] of values) if (value === best) awards.set(key, [...(awards.get(key) ?? []), name]);
  };
  const times = new Map(rows.flatMap((row): [string, number][] => {
    const { ms } = claimsOf(row);
    return ms === null ? [] : [[row.key, ms]];
  }));
  const shares = new Map(rows.flatMap((row): [string, number][] => (row.passed + row.failed === 0 ? [] : [[row.key, row.passed / (row.passed + row.failed)]])));
  give('fastest', times, Math.min(...times.values()));
  give('slowest', times, Math.max(...times.values()));
  give('most accurate', shares, Math.max(...shares.values()));
  give('least accurate', shares, Math.min(...shares.values()));
  return awards;
}

/** Where each slot stands on the wall, and which slot stands at each place. */
export interface Order {
  place: Uint32Array;
  slot: Uint32Array;
}

/**
 * The slots in the order in which they were asked, by the row that has come furthest, so that squares light from left
 * to right and still every row has a case at the same place. What is `busy` comes next, and the rest stands behind.
 */
export function orderAsked(rows: readonly Row[], slots: number, busy: ReadonlySet<number> = new Set()): Order {
  const furthest = rows.reduce<Row | undefined>((best, row) => (best === undefined || row.filled > best.filled ? row : best), undefined);
  const slot = Uint32Array.from({ length: slots }, (_, index) => index);
  const asked = (index: number): number => furthest?.trials[index]?.sequence ?? (busy.has(index) ? Number.MAX_SAFE_INTEGER : Infinity);
  slot.sort((a, b) => (asked(a) === asked(b) ? a - b : asked(a) - asked(b)));
  const place = new Uint32Array(slots);
  slot.forEach((one, index) => (place[one] = index));
  return { place, slot };
}

/** The trials of a row with their places. */
export function placedTrials(row: Row): { trial: Trial; slot: number }[] {
  const list: { trial: Trial; slot: number }[] = [];
  row.trials.forEach((trial, slot) => {
    if (trial) list.push({ trial, slot });
  });
  return list;
}

/** Speed of the decoding of one trial, tokens/s; null where it cannot be known. */
export function decodeTps(trial: Trial): number | null {
  if (trial.claimedTps !== null && trial.sent === null) return trial.claimedTps;
  if (trial.tokens === null || trial.tokens < 2 || trial.first === null || trial.last === null || trial.last <= trial.first) return null;
  return ((trial.tokens - 1) * 1000) / (trial.last - trial.first);
}

/** How long a trial took, ms. */
export function tookMs(trial: Trial): number | null {
  const end = trial.last ?? trial.done;
  if (trial.sent === null) return trial.claimedMs;
  return end === null ? null : end - trial.sent;
}
