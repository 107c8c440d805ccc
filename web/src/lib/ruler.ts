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

/** Room for a label of a logarithmic scale, in pixels: "5000", "1.5 ms". */
const kLabel = 44;
/** Marks within a decade, from the densest, and the least distance of neighbours among them in decades. */
const kWithin = [
  { factors: [1, 1.5, 2, 3, 4, 5, 7], least: Math.log10(5 / 4) },
  { factors: [1, 2, 5], least: Math.log10(2) },
];

/** Marks for a logarithmic scale that is `room` pixels long: as many of 1, 1.5, 2, 3 … times the powers of ten as there
 *  is place for their labels; on less than a third of a decade round numbers as on a plain scale. */
export function logTicks(low: number, high: number, room: number): number[] {
  const decades = Math.log10(high / low);
  if (!(decades > 0)) return [];
  if (decades < 0.3) return ticks(low, high, 3);
  const factors = kWithin.find((set) => (set.least / decades) * room >= kLabel)?.factors ?? [1];
  const marks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
    for (const factor of factors) {
      const mark = Number((factor * 10 ** power).toPrecision(6));
      if (mark >= low * 0.999 && mark <= high * 1.001) marks.push(mark);
    }
  }
  return marks;
}
