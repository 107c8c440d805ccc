// The way of a person: drop a suite, look at the plan, run it, watch the wall fill, replay, open an answer, compare,
// look at trends.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ask, drop, Lab, launch, root, scripted, shoot, visit } from './helper.mjs';

let lab;
let browser;
before(async () => {
  lab = await new Lab().serve();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await lab?.end();
});

const counts = (page) => page.locator('.count b').allTextContents();
const wallDone = (page, count) => page.waitForFunction((wanted) => [...document.querySelectorAll('.count b')].every((one) => Number(one.textContent) === wanted), count, { timeout: 30_000 });

test('a shipped suite: plan, run, wall, replay, sample', async () => {
  const page = await visit(browser, lab.address);
  assert.equal(new URL(page.url()).search, '', 'the token leaves the address');
  await page.getByText('Nothing has been measured yet').waitFor();
  await shoot(page, 'start-empty');
  // Who has nothing at hand can try all the same: the plan of the sample comes without a mistake.
  await page.getByRole('button', { name: 'Try a sample' }).click();
  await page.getByText('36 trials').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Run it' }).isEnabled(), true);
  assert.equal(await page.getByLabel('What is wrong with the file').count(), 0);
  await page.getByRole('button', { name: 'Put it away' }).click();

  const suite = readFileSync(path.join(root, 'suites/sums.yaml'), 'utf8');
  await drop(page, 'sums.yaml', suite);
  // The suite names its cases and models by relative paths: those count from the folder that the person names.
  await page.getByLabel('Folder of this suite').fill(path.join(root, 'suites'));
  await page.getByLabel('Folder of this suite').blur();
  await page.getByText('160 trials').waitFor();
  await shoot(page, 'plan');
  await page.getByRole('button', { name: 'Run it' }).click();

  await page.waitForURL(/\/runs\//);
  await page.getByText('What the run shows').waitFor({ timeout: 60_000 });
  await wallDone(page, 80);
  await page.getByText(/tok\/s/).first().waitFor();
  await shoot(page, 'wall');

  await page.keyboard.press('Home');
  assert.deepEqual(await counts(page), ['0', '0']);
  await page.keyboard.press('ArrowRight');
  assert.deepEqual((await counts(page)).map(Number).reduce((sum, one) => sum + one, 0), 1, 'one step is one answer');
  await page.getByRole('button', { name: 'Play' }).click();
  await wallDone(page, 80);
  assert.equal(await page.getByRole('button', { name: 'Play' }).count(), 1, 'the clock stops at the end');

  await page.locator('.field').first().click({ position: { x: 5, y: 5 } });
  await page.getByRole('heading', { name: /^Sample \d+/ }).waitFor();
  const opened = Number(/sample=(\d+)/.exec(page.url())?.[1]);
  await page.getByText('Prompt as sent').waitFor();
  await page.getByText(/What is \d+ [+-] \d+\?/).first().waitFor();
  await page.getByText('From the answer to the verdict').waitFor();
  await page.getByText('Settings: asked for, and in effect').waitFor();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('heading', { name: new RegExp(`^Sample ${opened + 1}\\b`) }).waitFor();
  await shoot(page, 'sample-panel');
  await page.goBack();
  await page.keyboard.press('Escape');
  page.calm();
  await page.context().close();
});

test('the wall fills while a run goes on, and survives a reload', async () => {
  const page = await visit(browser, lab.address);
  await drop(page, 'slow.yaml', scripted({ name: 'Slow', cases: 30, pace: '120ms' }));
  await page.getByText('60 trials').waitFor();
  await page.getByRole('button', { name: 'Run it' }).click();
  await page.waitForURL(/\/runs\//);
  const first = page.locator('.count b').first();
  await page.waitForFunction(() => Number(document.querySelector('.count b')?.textContent) >= 3);
  const seen = Number(await first.textContent());
  assert.ok(seen < 30, `the first row was complete (${seen}) before it could be seen to grow`);
  await shoot(page, 'live');
  await page.reload();
  await page.waitForFunction((before) => Number(document.querySelector('.count b')?.textContent) > before, seen);
  await page.getByText('Cancel the run').waitFor();
  await wallDone(page, 30);
  await page.getByRole('button', { name: 'Play' }).waitFor();
  page.calm();
  await page.context().close();
});

test('a run can be cancelled and gone on with', async () => {
  const page = await visit(browser, lab.address);
  await drop(page, 'long.yaml', scripted({ name: 'Long', cases: 40, pace: '100ms', models: 1 }));
  await page.getByRole('button', { name: 'Run it' }).click();
  await page.waitForURL(/\/runs\//);
  await page.waitForFunction(() => Number(document.querySelector('.count b')?.textContent) >= 2);
  await page.getByRole('button', { name: 'Cancel the run' }).click();
  await page.getByText('interrupted').first().waitFor();
  const done = Number(await page.locator('.count b').first().textContent());
  assert.ok(done < 40, 'the run was complete before it could be cancelled');
  await page.getByRole('button', { name: 'Go on with it' }).click();
  await wallDone(page, 40);
  await page.getByText('finished').first().waitFor();
  page.calm();
  await page.context().close();
});

test('table, side by side, charts, cases', async () => {
  const { runs } = await ask(lab, '/api/runs?q=Little');
  const base = `${lab.base}/runs/${runs[0].id}`;
  const page = await visit(browser, `${base}/table`);
  const models = () => page.locator('tbody th a').allTextContents();
  await page.getByRole('button', { name: /^Decode/ }).click();
  assert.match(page.url(), /sort=-decode_tps/);
  const down = await models();
  await page.getByRole('button', { name: /^Decode/ }).click();
  assert.deepEqual(await models(), down.reverse());
  await page.getByText(/\(\d+…\d+\)/).first().waitFor();

  await page.goto(`${base}/side?n=3`);
  await page.getByText(/^0 of [1-9]\d* tokens/).first().waitFor();
  await page.keyboard.press('f');
  await page.locator('pre.over').first().waitFor();

  await page.goto(`${base}/charts`);
  await page.getByRole('heading', { name: 'Accuracy against speed' }).waitFor();
  await page.getByText('Energy was not measured').waitFor();

  await page.goto(`${base}/cases?verdict=fail`);
  const rows = page.locator('[role=option]').filter({ hasText: 'tiny' });
  await rows.first().waitFor();
  const failed = (await ask(lab, `/api/runs/${runs[0].id}`)).summary.rows.reduce((sum, row) => sum + row.failed, 0);
  assert.equal(await rows.count(), failed);
  await page.getByLabel('Text in prompt or answer').fill('no such text anywhere');
  await page.getByText('No sample fits these filters').waitFor();
  await page.goto(`${base}/cases?show=disagree`);
  await page.getByText('where the models differ').waitFor();
  await page.goto(`${base}/cases?show=alike`);
  await page.getByText('Every model passes').waitFor();
  page.calm();
  await page.context().close();
});

test('compare and trends', async () => {
  lab.run('run', 'suites/sums.yaml', '--quiet');
  const { runs } = await ask(lab, '/api/runs?q=Little');
  const page = await visit(browser, `${lab.base}/compare`);
  await page.getByLabel('Run A', { exact: true }).selectOption(runs[1].id);
  await page.getByLabel('Run B', { exact: true }).selectOption(runs[0].id);
  await page.getByText('What is shown').waitFor();
  await page.getByText(/A: tiny-s/).first().waitFor();
  assert.equal(await page.locator('.field').count(), 4, 'two models on both sides');
  await page.getByRole('button', { name: 'Play' }).click();
  await wallDone(page, 80);

  await page.goto(`${lab.base}/compare?a=${runs[0].id}:tiny-s.q8_0&b=${runs[0].id}:tiny-m.q8_0`);
  await page.getByText('model file or name').waitFor();
  assert.equal(await page.locator('.field').count(), 2);
  await page.getByRole('button', { name: 'Exchange A and B' }).click();
  assert.match(page.url(), /a=[^&]*tiny-m/);

  // A third side: a table of the baseline against the others, adjusted over all of it.
  lab.run('run', 'suites/sums.yaml', '--quiet', '--label', 'third');
  await page.goto(`${lab.base}/compare?a=${runs[1].id}&b=${runs[0].id}`);
  await page.getByText('What is shown').waitFor();
  await page.getByRole('button', { name: 'Another beside them' }).click();
  const { runs: [third] } = await ask(lab, '/api/runs?q=third');
  await page.getByLabel('Run C', { exact: true }).selectOption(third.id);
  await page.getByRole('heading', { name: 'Against A' }).waitFor();
  assert.equal(await page.locator('section').filter({ hasText: 'Against A' }).locator('tbody tr').count(), 4, 'two models on two sides');
  assert.equal(await page.locator('.field').count(), 6);
  assert.equal(new URL(page.url()).searchParams.getAll('b').length, 2, 'the address holds both');
  await shoot(page, 'compare-several');
  await page.getByRole('button', { name: 'Take C away' }).click();
  await page.getByText('What is shown').waitFor();

  await page.goto(`${lab.base}/trends`);
  await page.getByLabel('Suite').selectOption('Little sums');
  await page.getByRole('heading', { name: 'Accuracy' }).waitFor();
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 6);
  page.calm();
  await page.context().close();
});
