import { describe, expect, it } from 'vitest';
import { front, quantile, thinned } from '../lib/pareto';
import { spread } from '../charts/series';
import { fromReport } from '../run/report_settings';
import { change, sideOf, textOf } from './sides';

describe('a side', () => {
  it('is a run or one model of it, and models may have colons', () => {
    expect(sideOf('A', '1m7z:qwen3:4b')).toEqual({ letter: 'A', run: '1m7z', model: 'qwen3:4b' });
    expect(sideOf('B', 'last')).toEqual({ letter: 'B', run: 'last', model: null });
    expect(sideOf('A', '')).toBeNull();
    expect(textOf('1m7z', 'a:b')).toBe('1m7z:a:b');
    expect(textOf('1m7z', '')).toBe('1m7z');
  });
});

describe('a change from A to B', () => {
  it('is a factor for speed, seen from A', () => {
    const faster = change({ metric: 'decode_tps', better: { model: 'B: m' }, estimate: 1, ci95: [0.5, 1.5] });
    expect([faster.value, faster.low, faster.high]).toEqual([2, 1.5, 2.5]);
    const slower = change({ metric: 'decode_tps', better: { model: 'A: m' }, estimate: 1, ci95: [0.25, 3] });
    expect([slower.value, slower.low, slower.high]).toEqual([0.5, 0.25, 0.8]);
  });
  it('is a difference for accuracy, with its sign', () => {
    const worse = change({ metric: 'accuracy', better: { model: 'A: m' }, estimate: 0.06, ci95: [-0.01, 0.13] });
    expect([worse.value, worse.low, worse.high]).toEqual([-0.06, -0.13, 0.01]);
  });
});

describe('points', () => {
  it('on the front are those that no other beats', () => {
    const points = [{ x: 1, y: 9 }, { x: 5, y: 5 }, { x: 4, y: 5 }, { x: 9, y: 1 }, { x: 3, y: 4 }];
    expect(front(points)).toEqual([{ x: 1, y: 9 }, { x: 5, y: 5 }, { x: 9, y: 1 }]);
  });
  it('keep their outliers when thinned', () => {
    const points = Array.from({ length: 10_000 }, (_, x) => ({ x, y: x === 5003 ? 99 : x % 3 }));
    const few = thinned(points, 400);
    expect(few.length).toBeLessThanOrEqual(400);
    expect(few.some((point) => point.y === 99)).toBe(true);
    expect(few.map((point) => point.x)).toEqual([...few.map((point) => point.x)].sort((a, b) => a - b));
  });
  it('have quantiles by linear interpolation', () => {
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
    expect(quantile([7], 0.95)).toBe(7);
    expect(quantile([], 0.5)).toBeNull();
  });
  it('have labels that do not lie on one another', () => {
    const placed = spread([50, 51, 52, 200], 16, 210);
    expect(placed).toEqual([50, 66, 82, 200]);
    const low = spread([205, 206, 207], 16, 210);
    expect(Math.max(...low)).toBeLessThanOrEqual(210);
    expect((low[1] ?? 0) - (low[0] ?? 0)).toBeGreaterThanOrEqual(16);
  });
});

describe('settings of a report', () => {
  it('are taken where this page has them, within its limits', () => {
    expect(fromReport({ blockScale: 900, 'Model stats': 'Simple', show_provider: true, speed: 10, other: [] })).toEqual({ block: 150, density: 'simple', provider: true, speed: 10 });
    expect(fromReport({ blockScale: 'big', speed: null, density: 3 })).toEqual({});
  });
});
