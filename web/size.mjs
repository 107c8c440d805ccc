// The page has to be on screen within a second, so its weight has a limit. Counts what the browser fetches, gzipped.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const limit = 300 * 1024;
let total = 0;
for (const name of readdirSync('dist', { recursive: true, withFileTypes: true })) {
  if (!name.isFile()) continue;
  const path = `${name.parentPath ?? name.path}/${name.name}`;
  const bytes = gzipSync(readFileSync(path), { level: 9 }).length;
  total += bytes;
  console.log(`${String(bytes).padStart(8)}  ${path}`);
}
console.log(`${String(total).padStart(8)}  bytes gzipped, of ${limit} allowed`);
if (total > limit) {
  console.error('The built page is heavier than it may be: see which part grew, or load it only where it is used.');
  process.exit(1);
}
