/** Places in an answer are stored in bytes of UTF-8; this cuts by them. */
export function cut(text: string, span: readonly number[] | undefined): { before: string; inside: string; after: string } | null {
  const [begin, end] = span ?? [];
  if (begin === undefined || end === undefined) return null;
  const bytes = new TextEncoder().encode(text);
  if (begin < 0 || end < begin || end > bytes.length) return null;
  const read = new TextDecoder();
  return { before: read.decode(bytes.subarray(0, begin)), inside: read.decode(bytes.subarray(begin, end)), after: read.decode(bytes.subarray(end)) };
}

/** A long text from both ends, with how much is left out; null where it is short enough. */
export function shortened(text: string, most: number): { head: string; left: number; tail: string } | null {
  if (text.length <= most) return null;
  const head = Math.floor(most * 0.75);
  const tail = Math.floor(most * 0.15);
  return { head: text.slice(0, head), left: text.length - head - tail, tail: text.slice(text.length - tail) };
}
