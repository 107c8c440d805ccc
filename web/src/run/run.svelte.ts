import { api, Trouble, type EventEnd, type EventLoad, type EventProgress, type EventVerdict, type RunDetail, type WallRow } from '../api/client';
import { WallData } from '../lib/wall';
import { settings } from '../settings.svelte';
import { fromReport } from './report_settings';

/** Squares beyond this are not fetched: a wall of more could not be told apart on any screen. */
export const kMostSquares = 200_000;
const kPage = 10_000;

/** One run as the page holds it: its record, its summary, its squares, and the stream of a run under way. */
export class RunState {
  detail: RunDetail | null = $state.raw(null);
  wall: WallData | null = $state.raw(null);
  trouble: string | null = $state(null);
  /** Counts up whenever the wall's content changed. */
  version = $state(0);
  /** Model index → what it does now. */
  progress: Map<number, EventProgress> = $state.raw(new Map());
  loading: number | null = $state(null);
  /** The connection of a live run: null when none is needed. */
  line: 'open' | 'lost' | null = $state(null);
  fetched = $state(0);
  private stream: EventSource | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private paint = 0;
  private asked = 0;
  private closed = false;

  constructor(readonly id: string) {}

  get live(): boolean {
    return this.detail?.run.state === 'running';
  }

  async load(): Promise<void> {
    try {
      const [detail, wall] = await Promise.all([api.run(this.id, 0), api.wall(this.id, 0, kPage)]);
      if (detail.run.imported) await this.takeSettings();
      if (this.closed) return;
      this.detail = detail;
      this.wall = new WallData(wall, detail.run.repeats);
      this.fetched = wall.samples.sequence.length;
      this.version += 1;
      this.trouble = null;
      if (detail.run.state === 'running') this.follow();

      let { next } = wall;
      while (next !== null && this.fetched < kMostSquares && !this.closed) {
        const page = await api.wall(this.id, next, kPage);
        this.wall.append(page);
        this.fetched += page.samples.sequence.length;
        this.version += 1;
        next = page.next;
      }
      this.awaitSummary();
    } catch (error) {
      this.trouble = error instanceof Trouble ? error.message : String(error);
    }
  }

  /** A report brings the settings of the page that it was made for. */
  private async takeSettings(): Promise<void> {
    const found = await api.benchySettings(this.id).catch(() => null);
    if (found) Object.assign(settings, fromReport(found.settings));
  }

  /** Asks for the record again, after something changed it. */
  async renew(): Promise<void> {
    try {
      const detail = await api.run(this.id);
      if (this.closed) return;
      this.detail = detail;
      this.trouble = null;
      this.awaitSummary();
    } catch (error) {
      this.trouble = error instanceof Trouble ? error.message : String(error);
    }
  }

  /** Follows a run under way. The browser connects again by itself and says where it was; where it gives up, we do. */
  follow(): void {
    this.stream?.close();
    const stream = new EventSource(`/api/runs/${encodeURIComponent(this.id)}/events?from=${this.wall?.next ?? 0}`);
    this.stream = stream;
    const on = <T>(name: string, take: (data: T) => void): void =>
      stream.addEventListener(name, (event) => {
        try {
          take(JSON.parse((event as MessageEvent<string>).data) as T);
        } catch {
          // One event that cannot be read must not end the stream; the record is asked for again at its end.
        }
      });
    stream.onopen = () => (this.line = 'open');
    stream.onerror = () => {
      this.line = 'lost';
      if (stream.readyState !== EventSource.CLOSED || this.closed) return;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.follow(), 2000);
    };
    on<WallRow>('sample', (row) => {
      this.wall?.put(row);
      this.changed();
    });
    on<EventVerdict>('verdict', ({ sequence, verdict }) => {
      this.wall?.judge(sequence, verdict);
      this.changed();
    });
    on<EventProgress>('progress', (progress) => (this.progress = new Map(this.progress).set(progress.model, progress)));
    on<EventLoad>('loading', ({ model }) => (this.loading = model));
    on<EventLoad>('loaded', ({ model, load_ms }) => {
      this.loading = null;
      const found = this.wall?.models.find((other) => other.index === model);
      if (found && load_ms !== null) found.load_ms = load_ms;
    });
    on<EventEnd>('end', () => {
      stream.close();
      this.line = null;
      this.progress = new Map();
      this.loading = null;
      void this.renew();
    });
  }

  close(): void {
    this.closed = true;
    this.stream?.close();
    clearTimeout(this.timer);
    cancelAnimationFrame(this.paint);
  }

  /** Many samples may come in one frame; the page draws them once. */
  private changed(): void {
    cancelAnimationFrame(this.paint);
    this.paint = requestAnimationFrame(() => (this.version += 1));
  }

  private awaitSummary(): void {
    clearTimeout(this.timer);
    const again = this.detail?.summary_state === 'computing' || (this.live && this.line === null);
    // The squares are drawn without waiting for the figures; those are asked for at once, and the server waits a while.
    if (again && !this.closed) this.timer = setTimeout(() => void this.renew(), this.live ? 3000 : this.asked === 0 ? 0 : 700);
    this.asked += 1;
  }
}
