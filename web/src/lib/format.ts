/** What stands where a value is missing; never 0. */
export const kAbsent = '–';

type Maybe = number | null | undefined;

function absent(value: Maybe): value is null | undefined {
  return value === null || value === undefined || !Number.isFinite(value);
}

/** Three significant figures from 1 to 999, whole above, no exponent: 0.043, 3.98, 39.8, 398, 3983. */
export function figure(value: Maybe): string {
  if (absent(value)) return kAbsent;
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 100) return Math.round(value).toLocaleString('en-GB', { useGrouping: size >= 10_000 }).replaceAll(',', '\u202f');
  if (size >= 0.001) return value.toFixed(size >= 10 ? 1 : size >= 1 ? 2 : Math.min(5, 2 - Math.floor(Math.log10(size))));
  return value.toExponential(1).replace('e', '·10^').replace('+', '');
}

/** A share of 1 as a percentage without places: 92 %. */
export function percent(share: Maybe): string {
  return absent(share) ? kAbsent : `${Math.round(share * 100)}\u2009%`;
}

/** "(84…97)" for shares, as percentages; empty where there is no interval. */
export function percentInterval(interval: readonly (number | null)[] | null | undefined): string {
  const [low, high] = interval ?? [];
  return absent(low) || absent(high) ? '' : `(${Math.round(low * 100)}…${Math.round(high * 100)})`;
}

/** "(2.4…6.6)"; empty where there is no interval. */
export function interval(values: readonly (number | null)[] | null | undefined): string {
  const [low, high] = values ?? [];
  return absent(low) || absent(high) ? '' : `(${figure(low)}…${figure(high)})`;
}

/** An interval, or where fewer than three values stand behind a figure the word that says so. */
export function intervalOrCount(text: string, count: number | null | undefined): string {
  return text !== '' || count === null || count === undefined || count >= 3 ? text : `n=${count}`;
}

/** Milliseconds in the unit that reads best: 1.77 ms, 340 ms, 12.3 s, 2:05 min. */
export function duration(ms: Maybe): string {
  if (absent(ms)) return kAbsent;
  if (ms < 999.5) return `${figure(ms)}\u2009ms`;
  if (ms < 119_950) return `${figure(ms / 1000)}\u2009s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}\u2009min`;
  return `${Math.floor(seconds / 3600)}:${String(Math.floor(seconds / 60) % 60).padStart(2, '0')}\u2009h`;
}

/** A round mark of a time scale: 0, 200 ms, 50 s, 3:20 min. */
export function tickLabel(ms: number): string {
  if (ms === 0) return '0';
  if (ms < 1000) return `${Number(ms.toPrecision(3))}\u2009ms`;
  if (ms < 120_000) return `${Number((ms / 1000).toPrecision(3))}\u2009s`;
  return duration(ms);
}

/** A clock's face: 0:01.23 up to ten minutes with hundredths, then 1:02:03. */
export function clockFace(ms: number): string {
  const whole = Math.max(0, ms);
  const minutes = Math.floor(whole / 60_000);
  const seconds = (whole % 60_000) / 1000;
  if (minutes < 60) return `${minutes}:${(Math.floor(seconds * 100) / 100).toFixed(2).padStart(5, '0')}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${String(Math.floor(seconds)).padStart(2, '0')}`;
}

/** A moment in the reader's own zone: "21 Nov 2026, 18:07". */
export function moment(rfc3339: string | null | undefined): string {
  if (!rfc3339) return kAbsent;
  const at = new Date(rfc3339);
  if (Number.isNaN(at.getTime())) return kAbsent;
  return at.toLocaleString('en-GB', { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' });
}

/** 3.6 M, 1.2 B: a count of parameters. */
export function big(count: Maybe): string {
  if (absent(count)) return kAbsent;
  if (count >= 1e9) return `${figure(count / 1e9)}\u2009B`;
  if (count >= 1e6) return `${figure(count / 1e6)}\u2009M`;
  return count.toLocaleString('en-GB').replaceAll(',', '\u202f');
}

/** "1 sample", "2 samples". */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-GB').replaceAll(',', '\u202f')} ${noun}${count === 1 ? '' : 's'}`;
}

/** A sentence of ours whose numbers keep their signs when the line breaks. */
export function sentence(text: string): string {
  return visible(text).replace(/(\d) %/g, '$1\u00a0%');
}

/** What a chat template put around a prompt's texts: control tokens of the common families, and the role behind one. */
const kTemplateMarks = /<\|[a-z_]+\|>(?:\s*(?:system|user|assistant|model)\b(?!:))?|<\/?(?:start|end)_of_turn>(?:\s*(?:user|model)\b)?|\[\/?INST\]|<<\/?SYS>>|<\/?s>/g;

/** A text in one line of a list. */
export function oneLine(text: string): string {
  return visible(text.replace(/\s+/g, ' ').trim());
}

/** A prompt in one line of a list, without its template's marks: they are the same in every row. */
export function promptLine(prompt: string): string {
  return oneLine(prompt.replace(kTemplateMarks, ' ')) || oneLine(prompt);
}

/**
 * Text of a stranger as it may be shown: controls that would move, hide or reorder what stands around them (terminal
 * escapes, bidirectional overrides, zero-width characters) become their visible names. Line feeds and tabs stay.
 */
export function visible(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, (hidden) => {
    const code = hidden.codePointAt(0) ?? 0;
    if (code === 13) return '␍';
    if (code < 32) return String.fromCodePoint(0x2400 + code);
    return `⟨${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
}
