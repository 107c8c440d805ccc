/** A piece of two texts: in both, only in the first, or only in the second. */
export interface Piece {
  kind: 'same' | 'gone' | 'new';
  text: string;
}

/** Beyond this many comparisons the middle is shown as replaced: the answer must come at once. */
const kMostWork = 1_500_000;

/** Words, runs of blanks, and single other signs. */
function partsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu) ?? [];
}

/** What changed from `before` to `after`, by words: a longest common subsequence between the common ends. */
export function difference(before: string, after: string): Piece[] {
  const a = partsOf(before);
  const b = partsOf(after);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const pieces: Piece[] = [];
  const add = (kind: Piece['kind'], text: string): void => {
    if (text === '') return;
    const last = pieces[pieces.length - 1];
    if (last?.kind === kind) last.text += text;
    else pieces.push({ kind, text });
  };
  add('same', a.slice(0, head).join(''));
  for (const piece of middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail))) add(piece.kind, piece.text);
  add('same', a.slice(a.length - tail).join(''));
  return pieces;
}

function middle(a: string[], b: string[]): Piece[] {
  if (a.length * b.length > kMostWork) return [{ kind: 'gone', text: a.join('') }, { kind: 'new', text: b.join('') }];
  const width = b.length + 1;
  const longest = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      longest[i * width + j] =
        a[i] === b[j] ? (longest[(i + 1) * width + j + 1] ?? 0) + 1 : Math.max(longest[(i + 1) * width + j] ?? 0, longest[i * width + j + 1] ?? 0);
    }
  }
  const pieces: Piece[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      pieces.push({ kind: 'same', text: a[i] ?? '' });
      i += 1;
      j += 1;
    } else if (i < a.length && (j === b.length || (longest[(i + 1) * width + j] ?? 0) >= (longest[i * width + j + 1] ?? 0))) {
      pieces.push({ kind: 'gone', text: a[i] ?? '' });
      i += 1;
    } else {
      pieces.push({ kind: 'new', text: b[j] ?? '' });
      j += 1;
    }
  }
  return pieces;
}
