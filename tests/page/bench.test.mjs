// A bench of the bare engine on the page: in the list, as a table with its repetitions and token times, beside another.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, AxeBuilder, Lab, launch, shoot, visit } from './helper.mjs';

let lab;
let browser;
let before_;
let after_;
// One thread: beside other processes the engine's own barriers would be what is measured. No interval is narrow enough
// for a precision of 0 %, so a quiet machine ends each test for the same reason as a busy one: five repetitions.
const quick = ['bench', '-m', 'models/tiny-s.q8_0.gguf', '-t', '1', '-r', '5', '--max-reps', '5', '--precision', '0', '-q'];
before(async () => {
  lab = new Lab();
  lab.run(...quick, '-p', '64,128', '-n', '32', '-pg', '64,16', '--label', 'before');
  lab.run(...quick, '-p', '64', '-n', '32', '--label', 'after');
  lab.run('run', 'suites/sums.yaml', '--quiet');
  await lab.serve();
  browser = await launch();
  const { runs } = await ask(lab, '/api/runs');
  after_ = runs.find((run) => run.label === 'after');
  before_ = runs.find((run) => run.label === 'before');
});
after(async () => {
  await browser?.close();
  await lab?.end();
});

test('stands in the list as what it is', async () => {
  const page = await visit(browser, lab.base);
  const entry = page.locator('tbody').filter({ hasText: 'before' });
  await entry.getByText('bench', { exact: true }).waitFor();
  await entry.getByText('pp128').waitFor();
  await entry.locator('.ci').filter({ hasText: /\(\d/ }).first().waitFor();
  assert.equal(await entry.locator('tr').count(), 4);
  assert.match(await entry.locator('tr').first().innerText(), /\(\d/, 'its speed has an interval');
  page.calm();
  await page.context().close();
});

test('tests, repetitions and token times', async () => {
  const page = await visit(browser, `${lab.base}/runs/${before_.id}`);
  await page.getByText('memory reads').waitFor();
  const told = await ask(lab, `/api/runs/${before_.id}/bench`);
  assert.deepEqual(await page.locator('tbody button.test').allTextContents(), told.rows.map((row) => row.name));
  assert.equal(await page.getByRole('navigation', { name: 'Views of this run' }).count(), 0, 'a bench has no wall');
  assert.match(await page.locator('tbody tr').first().innerText(), /count/, 'why there were no more repetitions');
  // The first test with token times is open at once.
  await page.getByRole('heading', { name: /^tg32/ }).waitFor();
  await page.getByRole('heading', { name: 'Time of each token' }).waitFor();
  assert.equal(await page.locator('section circle').count(), 5);
  await page.getByRole('button', { name: 'pp128' }).click();
  assert.match(page.url(), /test=2/);
  await page.getByRole('heading', { name: /^pp128/ }).waitFor();
  assert.equal(await page.getByRole('heading', { name: 'Time of each token' }).count(), 0, 'a prompt has no token times');
  await page.keyboard.press('j');
  await page.waitForURL(/test=3/);
  await page.reload();
  await page.getByRole('heading', { name: new RegExp(`^${told.rows[2].name.replace('+', '\\+')}`) }).waitFor();
  await page.locator('.export summary').click();
  assert.deepEqual(await page.locator('.export a').allTextContents(), ['md', 'csv', 'json']);
  const markdown = await (await page.request.get(`${lab.base}/api/runs/${before_.id}/report?format=md`)).text();
  assert.match(markdown, /\| t\/s \||t\/s \|/);
  page.calm();
  await page.context().close();
});

test('two benches are compared test by test', async () => {
  const page = await visit(browser, `${lab.base}/compare`);
  await page.getByLabel('Run A', { exact: true }).selectOption(before_.id);
  const choices = await page.getByLabel('Run B', { exact: true }).locator('option').allTextContents();
  assert.ok(!choices.some((one) => one.includes('Little sums')), 'a suite is no choice beside a bench');
  await page.getByLabel('Run B', { exact: true }).selectOption(after_.id);
  await page.getByText('What is shown').waitFor();
  await page.getByText(/^pp64: /).first().waitFor();
  await page.getByText('Only A measured pp128').waitFor();
  await page.getByText('ran at different times').waitFor();
  assert.equal(await page.locator('tbody th.mono').filter({ hasText: 'tg32' }).count(), 1);
  page.calm();
  await page.goto(`${lab.base}/trends?model=tiny-s.q8_0`);
  await page.getByRole('heading', { name: 'Prefill, tok/s' }).waitFor();
  page.calm();
  await page.context().close();
});

test('axe finds nothing serious, and nothing is wider than its window', async () => {
  for (const [kind, options] of [
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['phone', { viewport: { width: 390, height: 844 }, colorScheme: 'light', deviceScaleFactor: 2, hasTouch: true, isMobile: true }],
  ]) {
    for (const [name, view] of [['bench', `/runs/${before_.id}`], ['bench-compare', `/compare?a=${before_.id}&b=${after_.id}`], ['bench-list', '/']]) {
      const page = await visit(browser, lab.base + view, options);
      await page.waitForLoadState('networkidle');
      await page.waitForTimeout(300);
      await shoot(page, `${kind}-${name}`);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const serious = violations.filter((one) => ['serious', 'critical'].includes(one.impact));
      assert.deepEqual(serious.map((one) => `${name} ${kind} ${one.id}: ${one.nodes.map((node) => node.target.join(' ')).slice(0, 4).join(' | ')}`), []);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(over <= 0, `${name} at ${kind} is ${over} px wider than its window`);
      page.calm();
      await page.context().close();
    }
  }
});
