/** What one column of pixels shows of a token timeline. */
export interface Column {
  /** Tokens whose event falls into it. */
  tokens: number;
  /** Longest gap that ends in it, ms; 0 where none does. */
  gap: number;
}

const kFan = 16;

/**
 * The events of one answer, ready to be drawn at any zoom. A column costs a search by halving and a few maxima, not a
 * walk over its events, so that a million events are drawn as quickly as a hundred.
 */
export class Track {
  /** Times of the events in ms from the sending of the request, ascending. */
  readonly times: Float64Array;
  /** Tokens up to and including each event. */
  readonly counted: Float64Array;
  /** Level 0: the gap before each event; level n + 1: the maxima of kFan of level n. */
  private readonly gaps: Float64Array[] = [];

  constructor(events: readonly { at: number; count: number }[]) {
    this.times = new Float64Array(events.length);
    this.counted = new Float64Array(events.length);
    const first = new Float64Array(events.length);
    let sum = 0;
    events.forEach(({ at, count }, index) => {
      this.times[index] = at;
      this.counted[index] = sum += count;
      first[index] = index === 0 ? 0 : at - (this.times[index - 1] ?? at);
    });
    this.gaps.push(first);
    for (let level = first; level.length > kFan; ) {
      const above = new Float64Array(Math.ceil(level.length / kFan));
      for (let index = 0; index < level.length; index += 1) {
        const place = Math.floor(index / kFan);
        above[place] = Math.max(above[place] ?? 0, level[index] ?? 0);
      }
      this.gaps.push(above);
      level = above;
    }
  }

  get total(): number {
    return this.counted[this.counted.length - 1] ?? 0;
  }

  /** How many events happened up to `at`. */
  until(at: number): number {
    let low = 0;
    let high = this.times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.times[middle] ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** How many tokens had come at `at`. */
  tokensAt(at: number): number {
    const events = this.until(at);
    return events === 0 ? 0 : (this.counted[events - 1] ?? 0);
  }

  columns(from: number, to: number, width: number): Column[] {
    const columns: Column[] = [];
    let begin = this.until(from - 1e-9);
    for (let x = 0; x < width; x += 1) {
      const edge = from + ((to - from) * (x + 1)) / width;
      const end = this.until(edge);
      const before = begin === 0 ? 0 : (this.counted[begin - 1] ?? 0);
      columns.push({ tokens: end > begin ? (this.counted[end - 1] ?? 0) - before : 0, gap: this.greatest(begin, end) });
      begin = end;
    }
    return columns;
  }

  /** The longest gap before any event of [begin, end). */
  greatest(begin: number, end: number): number {
    let most = 0;
    let level = 0;
    let low = begin;
    let high = end;
    while (low < high) {
      const values = this.gaps[level];
      if (!values) break;
      while (low < high && low % kFan !== 0) most = Math.max(most, values[low++] ?? 0);
      while (low < high && high % kFan !== 0) most = Math.max(most, values[--high] ?? 0);
      if (low >= high) break;
      if (level + 1 >= this.gaps.length) {
        while (low < high) most = Math.max(most, values[low++] ?? 0);
        break;
      }
      low /= kFan;
      high /= kFan;
      level += 1;
    }
    return most;
  }
}

/** How much of a text has come when `tokens` of `total` tokens have: tokens carry no text, so it is spread evenly. */
export function charactersAt(length: number, tokens: number, total: number): number {
  return total <= 0 || tokens >= total ? length : Math.floor((length * tokens) / total);
}
