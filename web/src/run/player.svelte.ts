import { kSpeeds, ReplayClock } from '../lib/clock';
import { stepFrom } from '../lib/timeline';

/** A replay clock with a heart: calls its listeners once a frame while it plays, and once after every jump. */
export class Player {
  /** For show only, renewed about 15 times a second; listeners get the exact position. */
  position = $state(0);
  playing = $state(false);
  speed = $state(1);
  length = $state(0);
  stops: readonly number[] = [];
  private readonly clock = new ReplayClock(0);
  private readonly listeners = new Set<(at: number) => void>();
  private frame = 0;
  private shownAt = 0;

  onframe(listener: (at: number) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** A new scale; what stood at the end stays at the end. */
  setLength(length: number, stops: readonly number[]): void {
    const atEnd = this.clock.at(performance.now()) >= this.clock.length;
    this.clock.length = length;
    this.length = length;
    this.stops = stops;
    if (atEnd && !this.clock.playing) this.clock.seek(length, performance.now());
    this.tell();
  }

  now(): number {
    return this.clock.at(performance.now());
  }

  play(): void {
    if (this.length <= 0) return;
    this.clock.play(performance.now());
    this.beat();
  }

  pause(): void {
    this.clock.pause(performance.now());
    this.tell();
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  seek(position: number): void {
    this.clock.seek(position, performance.now());
    this.tell();
  }

  step(direction: 1 | -1): void {
    this.clock.pause(performance.now());
    this.seek(stepFrom(this.stops, this.now(), direction));
  }

  setSpeed(speed: number): void {
    this.clock.setSpeed(speed, performance.now());
    this.speed = speed;
  }

  faster(by: 1 | -1): void {
    const index = kSpeeds.findIndex((speed) => speed >= this.speed);
    this.setSpeed(kSpeeds[Math.min(Math.max((index < 0 ? 2 : index) + by, 0), kSpeeds.length - 1)] ?? 1);
  }

  /** Stops the heart; the player may be used again. */
  end(): void {
    cancelAnimationFrame(this.frame);
    this.clock.pause(performance.now());
    this.listeners.clear();
  }

  private beat = (): void => {
    this.tell();
    if (this.clock.playing) this.frame = requestAnimationFrame(this.beat);
  };

  private tell(): void {
    const now = performance.now();
    const at = this.clock.at(now);
    for (const listener of this.listeners) listener(at);
    const playing = this.clock.playing;
    if (!playing || !this.playing || now - this.shownAt > 66) {
      this.position = at;
      this.shownAt = now;
    }
    this.playing = playing;
  }
}
