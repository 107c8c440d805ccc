/** Round distances for a scale of `span` with about `wanted` marks: 1, 2 or 5 times a power of ten. */
export function niceStep(span: number, wanted: number): number {
  if (!(span > 0)) return 1;
  const rough = span / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const share = rough / power;
  return (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10) * power;
}

/** Marks from 0 to `span`, both where they fall. */
export function ticks(low: number, high: number, wanted: number): number[] {
  const step = niceStep(high - low, wanted);
  const marks: number[] = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + step * 1e-9; index += 1) marks.push(Number((index * step).toPrecision(12)));
  return marks;
}

/** Marks for a logarithmic scale: the powers of ten, with 2 and 5 between them where there are few. */
export function logTicks(low: number, high: number): number[] {
  const marks: number[] = [];
  const few = Math.log10(high / low) < 2.5;
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
    for (const factor of few ? [1, 2, 5] : [1]) {
      const mark = Number((factor * 10 ** power).toPrecision(6));
      if (mark >= low * 0.999 && mark <= high * 1.001) marks.push(mark);
    }
  }
  return marks;
}
