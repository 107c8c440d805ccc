#!/usr/bin/env node
// How soon the page shows something: the list of 1,000 runs, the cases of a run of 20,000 samples, and a dropped report
// of 1,000 results, in Chromium with an empty cache. Beside it, where it is installed, promptfoo's viewer on a result of
// 20,000 rows. Limits: 1 s for the list and for the report.
//
//   bench/page_paint.mjs [--assay build/release/assay] [--maker build/bench/bench/make_store] [--store FILE]
//                        [--promptfoo PROGRAM] [--rows 20000] [--times 10] [--write]
//
// For each view: first paint as the browser tells it, the first row that a person can read, and the bytes that came.
// promptfoo's result is one of its own `echo` provider, repeated to the number of rows, in a folder of settings that is
// thrown away.
// --write stores the result as bench/baselines/page_paint.json.
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    assay: { type: 'string', default: 'build/release/assay' }, maker: { type: 'string', default: 'build/bench/bench/make_store' }, store: { type: 'string' },
    promptfoo: { type: 'string' }, rows: { type: 'string', default: '20000' }, times: { type: 'string', default: '10' }, write: { type: 'boolean', default: false },
  },
});
process.env.ASSAY ??= path.resolve(values.assay);
const { ask, drop, Lab, launch, scripted } = await import('../tests/page/helper.mjs');
const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '..');

const quantile = (list, share) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))];
const summed = (list) => ({ median: Math.round(quantile(list, 0.5)), p95: Math.round(quantile(list, 0.95)), n: list.length });

/** Opens an address in a fresh browser context; `row` is what a person waits for. */
async function paint(browser, address, row) {
  const context = await browser.newContext({ viewport: { width: 1360, height: 900 } });
  const page = await context.newPage();
  let bytes = 0;
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  session.on('Network.loadingFinished', (event) => (bytes += event.encodedDataLength));
  await page.addInitScript((selector) => {
    const seen = () => {
      if (window.firstRow === undefined && document.querySelector(selector)) requestAnimationFrame(() => (window.firstRow ??= performance.now()));
    };
    new MutationObserver(seen).observe(document, { childList: true, subtree: true });
  }, row);
  await page.goto(address, { waitUntil: 'commit' });
  await page.waitForFunction(() => window.firstRow !== undefined, null, { timeout: 180_000 });
  const told = await page.evaluate(() => ({ paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0, row: window.firstRow }));
  await page.waitForLoadState('networkidle').catch(() => undefined);
  await context.close();
  return { ...told, bytes };
}

async function times(browser, address, row, count) {
  const all = [];
  for (let index = 0; index < count; index += 1) all.push(await paint(browser, address, row));
  return { first_paint_ms: summed(all.map((one) => one.paint)), first_row_ms: summed(all.map((one) => one.row)), bytes: Math.max(...all.map((one) => one.bytes)) };
}

async function promptfoo(browser, program, rows, count) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'assay-viewer-'));
  const env = { ...process.env, PROMPTFOO_CONFIG_DIR: path.join(folder, 'settings'), PROMPTFOO_DISABLE_TELEMETRY: '1', PROMPTFOO_DISABLE_UPDATE: '1', PROMPTFOO_DISABLE_REMOTE_GENERATION: '1', PROMPTFOO_SELF_HOSTED: '1', NO_UPDATE_NOTIFIER: '1' };
  mkdirSync(env.PROMPTFOO_CONFIG_DIR, { recursive: true });
  const port = 20_000 + (process.pid % 20_000);
  let server;
  try {
    // Its own run of 20,000 rows was not made in five minutes, so a real result of 200 is repeated under new numbers.
    const seed = 200;
    const tests = Array.from({ length: seed }, (_, index) => ({ vars: { a: String(index) }, assert: [{ type: 'contains', value: index % 4 === 3 ? 'never' : String(index) }] }));
    writeFileSync(path.join(folder, 'tests.json'), JSON.stringify(tests));
    writeFileSync(path.join(folder, 'config.json'), JSON.stringify({ prompts: ['What is {{a}} + 1?'], providers: ['echo'], tests: 'file://tests.json' }));
    const told = (...words) => execFileSync(program, words, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'], maxBuffer: 1 << 28, timeout: 900_000 });
    try {
      told('eval', '-c', 'config.json', '--no-progress-bar', '--no-table', '-j', '20');
    } catch (error) {
      if (error.status !== 100) throw error; // 100: some assertions failed, as they should
    }
    told('export', 'eval', 'latest', '-o', 'made.json');
    const result = JSON.parse(readFileSync(path.join(folder, 'made.json'), 'utf8'));
    const first = result.results.results;
    result.results.results = Array.from({ length: rows }, (_, index) => ({ ...first[index % first.length], id: randomUUID(), testIdx: index }));
    result.evalId = `eval-large-${new Date().toISOString().slice(0, 19)}`;
    writeFileSync(path.join(folder, 'large.json'), JSON.stringify(result));
    told('import', 'large.json');
    server = spawn(program, ['view', '-n', '-p', String(port)], { cwd: folder, env, stdio: 'ignore' });
    const base = `http://localhost:${port}`;
    for (let tries = 0; tries < 120; tries += 1) {
      if (await fetch(`${base}/health`).then((reply) => reply.ok, () => false)) break;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    const list = await (await fetch(`${base}/api/results`)).json();
    const id = list.data.map((one) => one.evalId ?? one.id).find((one) => one.includes('large'));
    if (!id) throw new Error(`the large result is not among ${JSON.stringify(list.data).slice(0, 400)}`);
    const found = await times(browser, `${base}/eval/${id}`, 'table tbody tr td', count);
    return { version: execFileSync(program, ['--version'], { env, encoding: 'utf8' }).trim(), rows, ...found };
  } finally {
    server?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A report of 1,000 results, as Benchy writes them, dropped on the start page: until its wall is drawn. */
async function dropped(browser, lab, count) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'assay-report-'));
  try {
    writeFileSync(path.join(folder, 'thousand.yaml'), scripted({ name: 'A thousand', cases: 250, pace: '1ms', models: 4 }));
    const env = { ...process.env, ...lab.env, ASSAY_STORE: path.join(folder, 'own.db') };
    execFileSync(process.env.ASSAY, ['run', path.join(folder, 'thousand.yaml'), '--parallel', '50', '--quiet'], { env, stdio: 'ignore' });
    execFileSync(process.env.ASSAY, ['report', 'last', '-f', 'benchy', '-o', `${folder}/out/`], { env, stdio: 'ignore' });
    const name = readdirSync(path.join(folder, 'out')).find((one) => one.endsWith('.json'));
    const text = readFileSync(path.join(folder, 'out', name), 'utf8');
    const shown = [];
    for (let index = 0; index < count; index += 1) {
      const page = await (await browser.newContext({ viewport: { width: 1360, height: 900 } })).newPage();
      await page.goto(lab.address);
      await page.getByText('Drop a suite').waitFor();
      await page.evaluate(() => {
        window.addEventListener('drop', () => (window.droppedAt = performance.now()), true);
        const seen = () => {
          if (window.drawnAt === undefined && window.droppedAt !== undefined && document.querySelector('.field canvas')) requestAnimationFrame(() => (window.drawnAt ??= performance.now()));
        };
        new MutationObserver(seen).observe(document, { childList: true, subtree: true });
      });
      // Each is another report, or the page would only open the run that is there.
      await drop(page, name, text.replace('A thousand', `A thousand ${index}`));
      await page.waitForFunction(() => window.drawnAt !== undefined, null, { timeout: 60_000 });
      shown.push(await page.evaluate(() => window.drawnAt - window.droppedAt));
      await page.context().close();
    }
    return { results: 1000, bytes: text.length, shown_ms: summed(shown) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const load = os.loadavg();
const lab = new Lab();
const browser = await launch();
try {
  if (values.store) lab.env.ASSAY_STORE = path.resolve(values.store);
  else execFileSync(values.maker, [lab.env.ASSAY_STORE, '1000', values.rows]);
  await lab.serve();
  const { runs } = await ask(lab, '/api/runs?limit=1000');
  const large = runs.find((run) => run.stored >= Number(values.rows));
  // Summaries are made once per run and kept; who opens the page every day does not wait for them.
  for (let tries = 0; tries < 600; tries += 1) {
    if ((await ask(lab, '/api/runs?limit=1000')).runs.every((run) => run.rows !== null)) break;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const count = Number(values.times);
  const result = {
    schema: 'assay.bench.page_paint/1', date: new Date().toISOString().slice(0, 10), machine: { cpu: os.cpus()[0]?.model, cores: os.cpus().length, system: `${os.type()} ${os.release()}` }, load_average_before: load,
    assay: execFileSync(process.env.ASSAY, ['--version'], { encoding: 'utf8' }).trim(), browser: browser.version(), runs: runs.length, samples: large?.stored,
    list: await times(browser, `${lab.base}/`, 'tbody a', count),
  };
  if (large) {
    result.wall = await times(browser, `${lab.base}/runs/${large.id}`, '.field canvas', count);
    result.cases = await times(browser, `${lab.base}/runs/${large.id}/cases`, '[role=option]', count);
  }
  result.dropped = await dropped(browser, lab, count);
  if (values.promptfoo && existsSync(values.promptfoo)) result.promptfoo = await promptfoo(browser, path.resolve(values.promptfoo), Number(values.rows), Math.min(3, count));
  console.log(JSON.stringify(result, null, 2));
  if (values.write) writeFileSync(path.join(root, 'bench/baselines/page_paint.json'), `${JSON.stringify(result, null, 2)}\n`);
  if (result.list.first_row_ms.p95 >= 1000 || result.dropped.shown_ms.median >= 1000) process.exitCode = 1;
} finally {
  await browser.close();
  await lab.end();
}
