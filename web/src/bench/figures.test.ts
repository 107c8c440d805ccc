import { describe, expect, it } from 'vitest';
import type { BenchRow } from '../api/client';
import { endOf, shownSettings, speeds, stretches, titleOf, tokenSteps, usualTop } from './figures';

const repetition = (total: number, tokens: number[] = [], prompt: number | null = null): BenchRow['repetitions'][number] => ({ t_ns: 0, prompt_ns: prompt, total_ns: total, tokens_ns: tokens });
const row = (more: Partial<BenchRow>): BenchRow => ({
  name: 'tg4', model: 0, path: 'engine', n_prompt: 0, n_gen: 4, n_depth: 0, n_batch: 2048, n_ubatch: 512, n_threads: 2, n_gpu_layers: null, flash_attn: 'auto', type_k: 'f16', type_v: 'f16',
  source: '', peak_memory_bytes: null, peak_memory_mib: null, end: 'precise', trouble: '', repetitions: [], unit: 'tokens/s', n: 0, median: null, ci95: null, mean: null, sd: null,
  prefill_tps: null, decode_tps: null, ttft_ms: null, roofline_pct: null, ...more,
});

describe('figures of a bench', () => {
  it('counts prompt and answer over the whole time, as the server does', () => {
    expect(speeds(row({ n_prompt: 100, n_gen: 10, repetitions: [repetition(2e9), repetition(1e9)] }))).toEqual([55, 110]);
    expect(speeds(row({ n_prompt: 100, n_gen: 10, repetitions: [{ ...repetition(1e9, [5e8, 1e9]), prompt_tokens: 98 }] }))).toEqual([100]);
  });
  it('takes the prompt out of the first token', () => {
    expect(tokenSteps(repetition(5e6, [2e6, 5e6], 1e6))).toEqual([1, 3]);
    expect(tokenSteps(repetition(5e6, [2e6, 5e6]))).toEqual([2, 3]);
  });
  it('joins tokens into stretches, and repetitions of unequal length', () => {
    const found = stretches(row({ repetitions: [repetition(4e6, [1e6, 2e6, 3e6, 4e6]), repetition(9e6, [3e6, 6e6, 9e6])] }), 2);
    expect(found.map((one) => [one.from, one.to])).toEqual([[0, 2], [2, 4]]);
    expect(found[0]).toMatchObject({ low: 1, middle: 2, high: 3 });
    expect(found[1]).toMatchObject({ low: 1, high: 3 });
    expect(stretches(row({ repetitions: [repetition(1e6)] }), 100)).toEqual([]);
  });
  it('does not let one slow token set the scale', () => {
    const steps = Array.from({ length: 100 }, (_, at) => ({ from: at, to: at + 1, low: 1, middle: 1, high: at === 50 ? 1000 : 1.1 }));
    expect(usualTop(steps)).toBeLessThan(2);
    expect(usualTop(steps.slice(0, 3))).toBe(1.1);
  });
  it('names what varies and why it ended', () => {
    expect(titleOf({ name: 'tg128', path: 'http' })).toBe('tg128 + HTTP');
    expect(titleOf({ name: 'pp512', path: 'engine' })).toBe('pp512');
    expect(shownSettings([row({}), row({ n_ubatch: 64 })]).map((one) => one.name)).toEqual(['threads', 'micro-batch']);
    expect(endOf(row({ end: 'count' })).word).toBe('count');
  });
});
