import { describe, expect, it } from 'vitest';
import { ReplayClock } from './clock';
import { clockFace, duration, figure, interval, intervalOrCount, percent, percentInterval, promptLine, sentence, visible } from './format';
import { Cursor, phaseOf, stepFrom, stops, timelineOf } from './timeline';
import { orderAsked, type Row, type Trial } from './wall';

function trial(sequence: number, sent: number | null, first: number | null, done: number | null, extra: Partial<Trial> = {}): Trial {
  return { sequence, status: 'ok', verdict: 'pass', flags: [], sent, first, last: done, done, tokens: 2, claimedMs: null, claimedTps: null, ...extra };
}

/** One stream: durations one after another, with a pause of 7 ms between them that no row may show. */
function stream(durations: number[]): { trial: Trial; slot: number }[] {
  let at = 1000;
  return durations.map((length, slot) => {
    const entry = { trial: trial(slot, at, at, at + length), slot };
    at += length + 7;
    return entry;
  });
}

function litAt(durations: number[], at: number): number {
  const cursor = new Cursor(timelineOf(stream(durations), null));
  cursor.move(at);
  return cursor.lit;
}

describe('a line of a list', () => {
  it('has a prompt without its template', () => {
    expect(promptLine('<|im_start|>system\nBe short.<|im_end|>\n<|im_start|>user\nWhat is 2 + 3?<|im_end|>\n<|im_start|>assistant\n')).toBe('Be short. What is 2 + 3?');
    expect(promptLine('<s>[INST] Say user|assistant [/INST]')).toBe('Say user|assistant');
    expect(promptLine('<start_of_turn>user\nmodels<end_of_turn>')).toBe('models');
    expect(promptLine('<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nuser: hello<|eot_id|>')).toBe('user: hello');
  });
  it('keeps what is no template, and a template that is all', () => {
    expect(promptLine('a <| b |> c <s\u202e')).toBe('a <| b |> c <s⟨202E⟩');
    expect(promptLine('<|endoftext|>')).toBe('<|endoftext|>');
  });
});

describe('a sentence', () => {
  it('does not break between a number and its sign', () => {
    expect(sentence('38 % (24…63 %)')).toBe('38\u00a0% (24…63\u00a0%)');
  });
});

describe('replay of one stream', () => {
  it('lights a square when the clock reaches the running sum of durations', () => {
    expect(litAt([100, 0, 250], 99)).toBe(0);
    expect(litAt([100, 0, 250], 100)).toBe(2);
    expect(litAt([100, 0, 250], 349)).toBe(2);
    expect(litAt([100, 0, 250], 350)).toBe(3);
  });
  it('lights nothing before the clock has moved, not even a trial of no time', () => {
    expect(litAt([0, 0, 10], 0)).toBe(0);
    expect(litAt([0, 0, 10], 0.1)).toBe(2);
  });
  it('ends at the sum and puts the load before it when asked', () => {
    expect(timelineOf(stream([100, 0, 250]), null).length).toBeCloseTo(350);
    const loaded = timelineOf(stream([100, 0, 250]), 40);
    expect(loaded.length).toBeCloseTo(390);
    expect(loaded.spans[0]?.start).toBe(40);
  });
});

describe('replay of a batch', () => {
  const batch = timelineOf(
    [
      { trial: trial(0, 100, 150, 300), slot: 0 },
      { trial: trial(1, 120, 200, 260), slot: 1 },
      { trial: trial(2, 900, 910, 950), slot: 2 },
    ],
    null,
  );
  it('keeps what overlapped overlapping and drops the pause', () => {
    expect(batch.spans.map((span) => [span.start, span.first, span.end])).toEqual([
      [0, 50, 200],
      [20, 100, 160],
      [200, 210, 250],
    ]);
    expect(batch.length).toBe(250);
  });
  it('tells prefill from decoding', () => {
    const [first] = batch.spans;
    expect(first && phaseOf(first, 49)).toBe('prefill');
    expect(first && phaseOf(first, 50)).toBe('decode');
    expect(first && phaseOf(first, 200)).toBe('done');
  });
});

describe('a trial without times', () => {
  it('takes no time and lights with its predecessor', () => {
    const line = timelineOf(
      [
        { trial: trial(0, 10, 12, 30), slot: 0 },
        { trial: trial(1, null, null, null), slot: 1 },
        { trial: trial(2, 40, 41, 50), slot: 2 },
      ],
      null,
    );
    expect(line.spans.map((span) => [span.slot, span.start, span.end])).toEqual([
      [0, 0, 20],
      [1, 20, 20],
      [2, 20, 30],
    ]);
  });
});

describe('a report of another tool', () => {
  const claimed = (durations: (number | null)[]): number[] => {
    const line = timelineOf(durations.map((claimedMs, slot) => ({ trial: trial(slot, null, null, null, { claimedMs }), slot })), null);
    const cursor = new Cursor(line);
    return [99, 100, 350].map((at) => (cursor.move(at), cursor.lit));
  };
  it('replays by the running sum of what it claims', () => {
    expect(claimed([100, 0, 250])).toEqual([0, 2, 3]);
    expect(claimed([100, null, 250])).toEqual([0, 2, 3]);
  });
});

describe('the cursor', () => {
  it('gives only what changed, and everything after going back', () => {
    const cursor = new Cursor(timelineOf(stream([10, 10, 10]), null));
    expect(cursor.move(5).changed.map((span) => span.slot)).toEqual([0]);
    expect(cursor.move(15).changed.map((span) => span.slot)).toEqual([0, 1]);
    expect(cursor.passed).toBe(1);
    const back = cursor.move(5);
    expect(back.all).toBe(true);
    expect(cursor.lit).toBe(0);
    expect(back.changed.map((span) => span.slot)).toEqual([0]);
  });
  it('is the same by small steps and by one jump', () => {
    const slow = new Cursor(timelineOf(stream([3, 9, 4, 8]), null));
    const fast = new Cursor(timelineOf(stream([3, 9, 4, 8]), null));
    for (let at = 0; at <= 20; at += 0.7) slow.move(at);
    slow.move(20);
    fast.move(20);
    expect([slow.lit, slow.tokens]).toEqual([fast.lit, fast.tokens]);
  });
});

describe('steps', () => {
  const all = stops([timelineOf(stream([10, 20]), null), timelineOf(stream([15]), null)]);
  it('go from end to end', () => {
    expect(all).toEqual([10, 15, 30]);
    expect(stepFrom(all, 0, 1)).toBe(10);
    expect(stepFrom(all, 10, 1)).toBe(15);
    expect(stepFrom(all, 30, 1)).toBe(30);
    expect(stepFrom(all, 30, -1)).toBe(15);
    expect(stepFrom(all, 10, -1)).toBe(0);
  });
});

describe('the clock', () => {
  it('follows real time at its speed, however rarely it is read', () => {
    const clock = new ReplayClock(10_000);
    clock.play(500);
    expect(clock.at(1500)).toBe(1000);
    clock.setSpeed(5, 1500);
    expect(clock.at(2000)).toBe(3500);
    clock.pause(2000);
    expect(clock.at(9000)).toBe(3500);
  });
  it('stops at the end, and plays again from the start', () => {
    const clock = new ReplayClock(100);
    clock.play(0);
    expect(clock.at(500)).toBe(100);
    expect(clock.playing).toBe(false);
    clock.play(600);
    expect(clock.at(610)).toBe(10);
  });
  it('can be moved while it plays', () => {
    const clock = new ReplayClock(1000);
    clock.play(0);
    clock.seek(700, 100);
    expect(clock.at(150)).toBe(750);
    clock.seek(-5, 150);
    expect(clock.at(150)).toBe(0);
  });
});

describe('the order of squares', () => {
  const row = (sequences: (number | undefined)[]): Row => ({ trials: sequences.map((one) => (one === undefined ? undefined : trial(one, 0, 0, 0))), filled: sequences.filter((one) => one !== undefined).length }) as unknown as Row;
  it('is that of asking, by the row that has come furthest', () => {
    const { slot, place } = orderAsked([row([undefined, 9]), row([5, undefined, 3, 4])], 4);
    expect([...slot]).toEqual([2, 3, 0, 1]);
    expect([...place]).toEqual([2, 3, 0, 1]);
    expect([...orderAsked([row([undefined, undefined, 1, undefined])], 4, new Set([3])).slot]).toEqual([2, 3, 0, 1]);
    expect([...orderAsked([], 3).slot]).toEqual([0, 1, 2]);
  });
});

describe('figures', () => {
  it('never turn a missing value into 0', () => {
    for (const format of [figure, percent, duration]) {
      expect(format(null)).toBe('–');
      expect(format(undefined)).toBe('–');
      expect(format(Number.NaN)).toBe('–');
    }
    expect(interval(null)).toBe('');
    expect(percentInterval([0.1, null])).toBe('');
    expect(intervalOrCount('', 2)).toBe('n=2');
    expect(intervalOrCount('', 40)).toBe('');
    expect(intervalOrCount('(1…2)', 2)).toBe('(1…2)');
  });
  it('keep three figures', () => {
    expect([0, 0.0434, 1.774, 39.84, 398.4, 3983].map(figure)).toEqual(['0', '0.0434', '1.77', '39.8', '398', '3983']);
    expect(figure(12_345.6)).toBe('12\u202f346');
  });
  it('choose the unit', () => {
    expect([1.774, 340, 12_340, 125_000, 3_720_000].map(duration)).toEqual(['1.77\u2009ms', '340\u2009ms', '12.3\u2009s', '2:05\u2009min', '1:02\u2009h']);
    expect([0, 1234, 61_239].map(clockFace)).toEqual(['0:00.00', '0:01.23', '1:01.23']);
  });
  it('show what hides', () => {
    expect(visible('a\u001b[31mb\u202ec\u200bd\ne\tf\r')).toBe('a␛[31mb⟨202E⟩c⟨200B⟩d\ne\tf␍');
  });
});
