import { api, Trouble, type SampleRow } from '../api/client';

const kPage = 50;

export interface Filters {
  model: string | null;
  cell: string | null;
  verdict: string | null;
  status: string | null;
  tag: string | null;
  flag: string | null;
  case: string | null;
  q: string | null;
}

/**
 * The rows of a list of samples, fetched as they are looked at. Without a filter a row's place is its sequence, so any
 * page can be asked for; with one the pages come one after another, as far as somebody scrolled.
 */
export class SamplePages {
  /** Rows that the list has, as far as is known. */
  count = $state(0);
  /** False while more may follow behind `count`. */
  whole = $state(false);
  /** Samples that fit the filters, where the server knows it. */
  total: number | null = $state(null);
  trouble: string | null = $state(null);
  version = $state(0);
  searching = $state(false);
  private rows: (SampleRow | undefined)[] = [];
  private readonly asked = new Set<number>();
  private next: number | null = 0;
  private readonly ended = new AbortController();
  private readonly plain: boolean;

  constructor(
    private readonly run: string,
    private readonly filters: Filters,
    stored: number,
  ) {
    this.plain = Object.values(filters).every((value) => value === null || value === '');
    if (this.plain) {
      this.total = stored;
      this.count = stored;
      this.whole = true;
    }
  }

  at(index: number): SampleRow | undefined {
    return this.rows[index];
  }

  /** A live run has more samples now. */
  grow(stored: number): void {
    if (this.plain && stored > this.count) this.count = this.total = stored;
  }

  /** Fetches what is missing of these rows. */
  want(first: number, end: number): void {
    if (this.plain) {
      for (let page = Math.floor(first / kPage); page * kPage < end; page += 1) if (!this.asked.has(page)) void this.fetchPage(page);
    } else if (end + kPage / 2 > this.rows.length) void this.fetchNext();
  }

  close(): void {
    this.ended.abort();
  }

  private async fetchPage(page: number): Promise<void> {
    this.asked.add(page);
    try {
      const from = page * kPage;
      const got = await api.samples(this.run, { limit: kPage, after: from === 0 ? null : from - 1 }, this.ended.signal);
      got.samples.forEach((row, index) => (this.rows[from + index] = row));
      if (got.samples.length < kPage) this.asked.delete(page);
      this.version += 1;
    } catch (error) {
      this.asked.delete(page);
      this.refuse(error);
    }
  }

  private async fetchNext(): Promise<void> {
    if (this.searching || this.next === null) return;
    this.searching = true;
    try {
      const got = await api.samples(this.run, { ...this.filters, limit: kPage, after: this.next === 0 ? null : this.next }, this.ended.signal);
      this.rows.push(...got.samples);
      this.next = got.next;
      this.whole = got.next === null;
      this.total = got.total;
      this.count = this.whole ? this.rows.length : Math.max(got.total ?? 0, this.rows.length + 1);
      this.version += 1;
    } catch (error) {
      this.refuse(error);
    } finally {
      this.searching = false;
    }
  }

  private refuse(error: unknown): void {
    if (this.ended.signal.aborted) return;
    this.trouble = error instanceof Trouble ? error.message : String(error);
  }
}
