import type { Look } from '../lib/wall';

/** The colours in force, resolved for the canvas. */
export interface Inks {
  wait: string;
  pass: string;
  fail: string;
  half: string;
  accent: string;
  quiet: string;
  sheet: string;
}

export function inks(): Inks {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string): string => style.getPropertyValue(name).trim();
  return {
    wait: of('--wait'),
    pass: of('--pass'),
    fail: of('--fail'),
    half: of('--half'),
    accent: of('--accent'),
    quiet: of('--ink-2'),
    sheet: of('--bg'),
  };
}

/** A square with nothing of its own yet, one whose prompt is read, one whose answer comes, and those that are over. */
export type Face = 'waiting' | 'prefill' | 'decode' | Look;

/** What stands in a square that is big enough for words. */
export interface Words {
  number: string;
  speed: string;
  time: string;
}

/** Space between squares, px. */
export function gapOf(size: number): number {
  return size >= 40 ? 4 : size >= 12 ? 2 : 1;
}

export interface Grid {
  size: number;
  columns: number;
  lines: number;
  height: number;
}

export function gridOf(count: number, width: number, size: number): Grid {
  const pitch = size + gapOf(size);
  const fit = Math.max(1, Math.min(count, Math.floor((width + gapOf(size)) / pitch)));
  // Whole tens can be counted by eye.
  const columns = fit >= 20 && fit < count ? fit - (fit % 10) : fit;
  const lines = Math.ceil(count / columns);
  return { size, columns, lines, height: Math.max(size, lines * pitch - gapOf(size)) };
}

/** The greatest size, at most `most`, with which `count` squares are not higher than `height`. */
export function fittingSize(count: number, width: number, height: number, most: number): number {
  for (let size = most; size > 5; size -= 1) {
    if (gridOf(count, width, size).height <= height) return size;
  }
  return 5;
}

/**
 * One row's squares on a canvas. Looks that repeat are drawn once and copied. Colour never stands alone: pass is a
 * full square (with a tick where there is room), fail is crossed through, incomplete is hatched, error is hollow,
 * ungraded is dotted.
 */
export class Squares {
  private readonly context: CanvasRenderingContext2D;
  private stamps = new Map<Face, HTMLCanvasElement>();
  private scale = 1;
  grid: Grid = { size: 0, columns: 1, lines: 0, height: 0 };

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private colours: Inks,
  ) {
    const context = canvas.getContext('2d');
    if (!context) throw new Error('This browser gives no canvas to draw on.');
    this.context = context;
  }

  /** Sets the size of everything; the caller draws all squares afterwards. */
  layout(count: number, width: number, size: number, colours: Inks): void {
    this.colours = colours;
    this.scale = Math.min(globalThis.devicePixelRatio || 1, 3);
    this.grid = gridOf(count, width, size);
    this.canvas.width = Math.max(1, Math.round(width * this.scale));
    this.canvas.height = Math.max(1, Math.round(this.grid.height * this.scale));
    this.canvas.style.height = `${this.grid.height}px`;
    this.stamps = new Map();
    this.context.setTransform(this.scale, 0, 0, this.scale, 0, 0);
  }

  place(slot: number): { x: number; y: number } {
    const pitch = this.grid.size + gapOf(this.grid.size);
    return { x: (slot % this.grid.columns) * pitch, y: Math.floor(slot / this.grid.columns) * pitch };
  }

  /** The slot under a point of the canvas, or null between squares and behind the last one. */
  slotAt(x: number, y: number, count: number): number | null {
    const pitch = this.grid.size + gapOf(this.grid.size);
    const column = Math.floor(x / pitch);
    const slot = Math.floor(y / pitch) * this.grid.columns + column;
    return column < 0 || column >= this.grid.columns || y < 0 || slot >= count ? null : slot;
  }

  draw(slot: number, face: Face, progress: number, words: Words | null): void {
    const { x, y } = this.place(slot);
    const { size } = this.grid;
    this.context.clearRect(x, y, size, size);
    this.context.drawImage(this.stamp(face), x, y, size, size);
    if (face === 'decode') {
      const filled = Math.max(1, progress * size);
      this.context.fillStyle = this.colours.accent;
      this.context.fillRect(x, y + size - filled, size, filled);
    }
    if (words && size >= 50) this.write(x, y, face, words);
  }

  private write(x: number, y: number, face: Face, words: Words): void {
    const { size } = this.grid;
    const context = this.context;
    const onFill = face === 'pass' || face === 'fail';
    context.fillStyle = onFill ? this.colours.sheet : this.colours.quiet;
    context.textBaseline = 'alphabetic';
    context.font = `600 ${Math.round(size * 0.15 + 3)}px system-ui, sans-serif`;
    context.fillText(words.number, x + size * 0.09, y + size * 0.27);
    context.font = `400 ${Math.round(size * 0.07 + 5)}px system-ui, sans-serif`;
    if (size >= 75) context.fillText(words.speed, x + size * 0.09, y + size * 0.72);
    if (size >= 100) context.fillText(words.time, x + size * 0.09, y + size * 0.88);
  }

  private stamp(face: Face): HTMLCanvasElement {
    const found = this.stamps.get(face);
    if (found) return found;
    const { size } = this.grid;
    const sheet = document.createElement('canvas');
    sheet.width = sheet.height = Math.max(1, Math.round(size * this.scale));
    const context = sheet.getContext('2d');
    if (context) {
      context.scale(sheet.width / size, sheet.width / size);
      paintFace(context, face, size, this.colours);
    }
    this.stamps.set(face, sheet);
    return sheet;
  }
}

function paintFace(context: CanvasRenderingContext2D, face: Face, size: number, colours: Inks): void {
  const stroke = Math.max(1, Math.min(2.5, size / 9));
  const frame = (colour: string, width: number): void => {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.strokeRect(width / 2, width / 2, size - width, size - width);
  };
  const line = (points: [number, number][], colour: string, width: number): void => {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    points.forEach(([x, y], index) => (index === 0 ? context.moveTo(x * size, y * size) : context.lineTo(x * size, y * size)));
    context.stroke();
  };
  const fill = (colour: string): void => {
    context.fillStyle = colour;
    context.fillRect(0, 0, size, size);
  };
  // Words stand at the left in big squares, so the sign moves to the upper right corner.
  const corner = size >= 50;
  const at = (points: [number, number][]): [number, number][] =>
    corner ? points.map(([x, y]) => [0.66 + x * 0.3, 0.04 + y * 0.3]) : points;
  const sign = corner ? Math.max(1.5, size / 40) : Math.max(1.3, size / 9);
  switch (face) {
    case 'waiting':
      fill(colours.wait);
      break;
    case 'prefill':
    case 'decode':
      fill(colours.wait);
      frame(colours.accent, stroke);
      break;
    case 'pass':
      fill(colours.pass);
      // A tick that stays back: what failed should be seen first.
      context.globalAlpha = 0.55;
      if (size >= 13) line(at([[0.28, 0.53], [0.44, 0.68], [0.73, 0.34]]), colours.sheet, sign * 0.8);
      context.globalAlpha = 1;
      break;
    case 'fail':
      fill(colours.fail);
      if (size >= 13) line(at([[0.3, 0.3], [0.7, 0.7]]), colours.sheet, sign);
      if (size >= 13) line(at([[0.7, 0.3], [0.3, 0.7]]), colours.sheet, sign);
      else line([[0, 1], [1, 0]], colours.sheet, Math.max(1, size / 6));
      break;
    case 'incomplete':
      context.save();
      context.beginPath();
      context.rect(0, 0, size, size);
      context.clip();
      for (let x = -size; x < size; x += Math.max(3, size / 4)) {
        line([[x / size, 1], [x / size + 1, 0]], colours.half, Math.max(1, size / 10));
      }
      context.restore();
      frame(colours.half, Math.max(1, stroke * 0.75));
      break;
    case 'error':
      frame(colours.fail, stroke);
      if (size >= 13) line(at([[0.5, 0.25], [0.5, 0.58]]), colours.fail, sign);
      if (size >= 13) line(at([[0.5, 0.68], [0.5, 0.78]]), colours.fail, sign);
      break;
    case 'ungraded':
      context.fillStyle = colours.quiet;
      for (let y = 1; y < size; y += Math.max(3, size / 4)) {
        for (let x = 1; x < size; x += Math.max(3, size / 4)) context.fillRect(x, y, 1, 1);
      }
      frame(colours.wait, 1);
      break;
  }
}
