// What the tests of the page share: a real `assay serve` over a store of its own, and a browser that notices
// everything which must not happen (a request to elsewhere, an error in the console, a broken policy).
import assert from 'node:assert/strict';
import { spawn, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const fromPage = createRequire(new URL('../../web/package.json', import.meta.url));
const { chromium } = fromPage('playwright-core');
export const { AxeBuilder } = fromPage('@axe-core/playwright');

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const assay = process.env.ASSAY ?? path.join(root, 'build/dev/assay');
export const shots = path.join(root, 'build/page-shots');

const browsers = [process.env.ASSAY_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

export function chromiumPath() {
  const found = browsers.find((file) => file && existsSync(file));
  assert.ok(found, 'no Chromium is here: tools/setup check installs it, or name one in ASSAY_CHROMIUM');
  return found;
}

/** A folder with a store; `run` calls assay in the repository with that store. */
export class Lab {
  constructor() {
    this.folder = mkdtempSync(path.join(tmpdir(), 'assay-page-'));
    this.env = { ...process.env, ASSAY_STORE: path.join(this.folder, 'store.db') };
  }

  run(...args) {
    return execFileSync(assay, args, { cwd: root, env: this.env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** Starts `assay serve`; `port` 0 takes a free one. */
  async serve(port = 0) {
    this.process = spawn(assay, ['serve', '--port', String(port)], { cwd: root, env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    this.process.stderr.on('data', (data) => (said += data));
    this.address = await new Promise((resolve, reject) => {
      let out = '';
      this.process.stdout.on('data', (data) => {
        out += data;
        const found = /http:\/\/\S+/.exec(out);
        if (found) resolve(found[0]);
      });
      this.process.on('exit', (code) => reject(new Error(`assay serve ended with ${code} before it printed an address: ${said}`)));
    });
    this.base = new URL(this.address).origin;
    this.port = Number(new URL(this.address).port);
    return this;
  }

  async stop() {
    const { process: server } = this;
    if (!server || server.exitCode !== null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGINT');
    const force = setTimeout(() => server.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(force);
  }

  async end() {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function launch() {
  return chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb'] });
}

/** A page that collects what must not happen; `calm()` fails when something did. */
export async function visit(browser, address, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, reducedMotion: 'reduce', locale: 'en-GB', timezoneId: 'UTC', ...options });
  const page = await context.newPage();
  const base = new URL(address).origin;
  const wrong = [];
  const expected = options.expected ?? [];
  const note = (text) => {
    if (!expected.some((pattern) => pattern.test(text))) wrong.push(text);
  };
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') note(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => note(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    note(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== base && url.protocol !== 'blob:') note(`request to elsewhere: ${request.url()}`);
  });
  page.calm = () => assert.deepEqual(wrong, []);
  page.setDefaultTimeout(15_000);
  await page.goto(address);
  return page;
}

/** Drops a file on the page, as a person does. */
export async function drop(page, name, text) {
  const transfer = await page.evaluateHandle(([fileName, content]) => {
    const data = new DataTransfer();
    data.items.add(new File([content], fileName));
    return data;
  }, [name, text]);
  await page.dispatchEvent('main', 'drop', { dataTransfer: transfer });
}

export async function shoot(page, name) {
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: path.join(shots, `${name}.png`) });
}

/** Asks the interface itself, with the token. */
export async function ask(lab, route) {
  const response = await fetch(lab.base + route, { headers: { authorization: `Bearer ${new URL(lab.address).searchParams.get('token')}` } });
  return response.json();
}

/** A suite on scripted engines: `pace` is how long an answer takes. */
export function scripted({ name = 'Scripted', cases = 12, pace = '40ms', models = 2 } = {}) {
  const rows = Array.from({ length: cases }, (_, index) => `  - { id: c${index + 1}, vars: { a: ${index}, b: 1 }, expect: "${index % 4 === 3 ? 'never' : 7}" }`);
  const engines = Array.from({ length: models }, (_, index) => `  - { engine: fake, model: "wait ${pace}; say 7", label: scripted-${index + 1} }`);
  return `assay: 1\nname: ${name}\nprompt: "What is {{a}} + {{b}}?"\ncases:\n${rows.join('\n')}\nevaluate: equals\nmodels:\n${engines.join('\n')}\n`;
}
