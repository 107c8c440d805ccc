import { describe, expect, it } from 'vitest';
import { difference } from './diff';
import { kindOf } from './dropped';
import { logTicks, ticks } from './ruler';
import { cut, shortened } from './slices';
import { charactersAt, Track } from './track';
import { kMostPixels, scrollFor, windowOf } from './virtual';

describe('difference', () => {
  const joined = (before: string, after: string, without: string): string =>
    difference(before, after).filter((piece) => piece.kind !== without).map((piece) => piece.text).join('');
  it('gives both texts back', () => {
    for (const [a, b] of [['', ''], ['a b c', 'a x c'], ['[65, 112, 82]', '[65, 112, 98]'], ['one', ''], ['', 'two'], ['x y x y', 'y x y x']] as const) {
      expect(joined(a, b, 'new')).toBe(a);
      expect(joined(a, b, 'gone')).toBe(b);
    }
  });
  it('marks the word that differs and nothing else', () => {
    expect(difference('[65, 82]', '[65, 98]')).toEqual([
      { kind: 'same', text: '[65, ' },
      { kind: 'gone', text: '82' },
      { kind: 'new', text: '98' },
      { kind: 'same', text: ']' },
    ]);
  });
  it('comes at once for long texts', () => {
    const a = Array.from({ length: 20_000 }, (_, i) => `a${i}`).join(' ');
    const b = Array.from({ length: 20_000 }, (_, i) => `b${i}`).join(' ');
    const begin = performance.now();
    expect(joined(a, b, 'new')).toBe(a);
    expect(performance.now() - begin).toBeLessThan(2000);
  });
});

describe('a track of tokens', () => {
  const events = Array.from({ length: 5000 }, (_, i) => ({ at: i * 2 + (i > 3000 ? 500 : 0), count: i % 7 === 0 ? 2 : 1 }));
  const track = new Track(events);
  it('has in its columns every token once and the longest gap', () => {
    const end = events[events.length - 1]?.at ?? 0;
    for (const width of [1, 7, 640]) {
      const columns = track.columns(0, end, width);
      expect(columns.reduce((sum, column) => sum + column.tokens, 0)).toBe(track.total);
      expect(Math.max(...columns.map((column) => column.gap))).toBe(502);
    }
  });
  it('finds the greatest gap as a walk does', () => {
    for (const [begin, end] of [[0, 5000], [17, 18], [2990, 3002], [3002, 3300], [0, 16], [5, 5]] as const) {
      let most = 0;
      for (let i = begin; i < end; i += 1) most = Math.max(most, i === 0 ? 0 : (events[i]?.at ?? 0) - (events[i - 1]?.at ?? 0));
      expect(track.greatest(begin, end)).toBe(most);
    }
  });
  it('tells how much of a text has come', () => {
    expect(charactersAt(100, 0, 10)).toBe(0);
    expect(charactersAt(100, 5, 10)).toBe(50);
    expect(charactersAt(100, 10, 10)).toBe(100);
    expect(charactersAt(100, 0, 0)).toBe(100);
  });
});

describe('a long list', () => {
  it('scrolls px by px while it fits', () => {
    expect(windowOf(100, 30, 300, 300, 0)).toEqual({ first: 10, end: 20, offset: 300, height: 3000 });
  });
  it('reaches its first and its last row at a million rows', () => {
    const first = windowOf(1_000_000, 34, 0, 600, 0);
    const last = windowOf(1_000_000, 34, kMostPixels - 600, 600, 0);
    expect(first.first).toBe(0);
    expect(last.end).toBe(1_000_000);
    expect(last.height).toBe(kMostPixels);
    expect(last.offset + (last.end - last.first) * 34).toBeLessThanOrEqual(kMostPixels + 34);
  });
  it('brings a row into the window', () => {
    for (const row of [0, 5, 400_000, 999_999]) {
      const top = scrollFor(row, 1_000_000, 34, 3_000_000, 600) ?? 3_000_000;
      const view = windowOf(1_000_000, 34, top, 600, 0);
      expect(view.first).toBeLessThanOrEqual(row);
      expect(view.end).toBeGreaterThan(row);
    }
    expect(scrollFor(5, 100, 30, 100, 300)).toBeNull();
  });
});

describe('places in a text', () => {
  it('count bytes', () => {
    expect(cut('né 42', [4, 6])).toEqual({ before: 'né ', inside: '42', after: '' });
    expect(cut('a', [0, 9])).toBeNull();
    expect(cut('a', undefined)).toBeNull();
  });
  it('a long text says what it leaves out', () => {
    const short = shortened('x'.repeat(1000), 100);
    expect(short && short.head.length + short.left + short.tail.length).toBe(1000);
    expect(shortened('x', 100)).toBeNull();
  });
});

describe('a dropped file', () => {
  it('is told by its content', () => {
    expect(kindOf('assay: 1\nname: x')).toBe('suite');
    expect(kindOf('\ufeff{ "benchmark_name": 1')).toBe('report');
    expect(kindOf('{name: x, cases: []}')).toBe('suite');
    expect(kindOf('[{"a": 1}]')).toBe('report');
    expect(kindOf('GGUF\u0000\u0003')).toBe('binary');
    expect(kindOf('  \n')).toBe('empty');
  });
});

describe('scales', () => {
  it('have round marks within their ends', () => {
    expect(ticks(0, 417, 5)).toEqual([0, 100, 200, 300, 400]);
    expect(ticks(0, 0.3, 3)).toEqual([0, 0.1, 0.2, 0.3]);
    expect(logTicks(8, 3000, 340)).toEqual([10, 100, 1000]);
    expect(logTicks(8, 3000, 400)).toEqual([10, 20, 50, 100, 200, 500, 1000, 2000]);
    expect(logTicks(20, 90, 200)).toEqual([20, 50]);
    expect(logTicks(20, 90, 400)).toEqual([20, 30, 40, 50, 70]);
    expect(logTicks(90, 110, 400)).toEqual([90, 100, 110]);
    expect(logTicks(5, 5, 400)).toEqual([]);
  });
});
