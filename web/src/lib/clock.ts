/**
 * The replay's clock: a position in milliseconds that follows real time at a chosen speed. Every reading is a function
 * of the real time that the caller gives, never of how often frames come: a slow frame, or a tab in the background,
 * shows later and never runs slower.
 */
export class ReplayClock {
  private position = 0;
  private anchor: number | null = null;
  private factor = 1;
  /** Where the clock stops by itself, in ms. */
  length: number;

  constructor(length: number) {
    this.length = length;
  }

  get playing(): boolean {
    return this.anchor !== null;
  }

  get speed(): number {
    return this.factor;
  }

  /** The position at the real time `now` (ms); stops at the end. */
  at(now: number): number {
    if (this.anchor === null) return Math.min(this.position, this.length);
    const position = this.position + (now - this.anchor) * this.factor;
    if (position < this.length) return position;
    this.position = this.length;
    this.anchor = null;
    return this.length;
  }

  /** From the end it begins again. */
  play(now: number): void {
    if (this.at(now) >= this.length) this.position = 0;
    this.anchor = now;
  }

  pause(now: number): void {
    this.position = this.at(now);
    this.anchor = null;
  }

  seek(position: number, now: number): void {
    this.position = Math.min(Math.max(position, 0), this.length);
    if (this.anchor !== null) this.anchor = now;
  }

  setSpeed(factor: number, now: number): void {
    this.position = this.at(now);
    if (this.anchor !== null) this.anchor = now;
    this.factor = factor;
  }
}

export const kSpeeds = [0.25, 0.5, 1, 2, 5, 10, 25, 50] as const;
