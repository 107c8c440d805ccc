/** What the server takes at most, bytes. */
export const kMostBytes = 64 * 2 ** 20;

/** What a file seems to be, by its content and not its name. JSON is a report: suites are YAML. */
export function kindOf(head: string): 'suite' | 'report' | 'binary' | 'empty' {
  const text = head.replace(/^\ufeff/, '').trimStart();
  if (text === '') return 'empty';
  if (/[\u0000\ufffd]/.test(text.slice(0, 1024))) return 'binary';
  // A flow mapping with plain keys is YAML; JSON begins with a quoted key.
  if (/^\{\s*(["}]|$)/.test(text) || /^\[\s*[{["\]]/.test(text)) return 'report';
  return 'suite';
}
