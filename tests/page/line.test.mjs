// The connection: a server that goes away and comes back while the page is open, and two pages on one run.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { drop, Lab, launch, scripted, visit } from './helper.mjs';

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

const lost = [/ERR_CONNECTION/, /ERR_INCOMPLETE_CHUNKED/, /ERR_EMPTY_RESPONSE/, /Failed to load resource/];

test('two pages follow one run', async () => {
  const one = await visit(browser, lab.address);
  await drop(one, 'two.yaml', scripted({ name: 'Two pages', cases: 25, pace: '100ms', models: 1 }));
  await one.getByRole('button', { name: 'Run it' }).click();
  await one.waitForURL(/\/runs\//);
  const two = await visit(browser, one.url());
  for (const page of [one, two]) {
    await page.waitForFunction(() => document.querySelector('.count b')?.textContent === '25', null, { timeout: 30_000 });
    await page.getByText('finished').first().waitFor();
    page.calm();
  }
  await one.context().close();
  await two.context().close();
});

test('two pages: what one of them does the other sees', async () => {
  const one = await visit(browser, lab.address, { expected: [/status of 409/] });
  await drop(one, 'both.yaml', scripted({ name: 'Both', cases: 60, pace: '120ms', models: 1 }));
  await one.getByRole('button', { name: 'Run it' }).click();
  await one.waitForURL(/\/runs\//);
  const two = await visit(browser, one.url(), { storageState: await one.context().storageState(), expected: [/status of 409/] });
  await two.waitForFunction(() => Number(document.querySelector('.count b')?.textContent) >= 2);
  await two.getByRole('button', { name: 'Cancel the run' }).click();
  for (const page of [one, two]) await page.getByText('interrupted').first().waitFor();
  // Both go on with it at once: one of them does, the other says that it goes on already.
  await Promise.all([one, two].map((page) => page.getByRole('button', { name: 'Go on with it' }).click()));
  for (const page of [one, two]) {
    await page.waitForFunction(() => document.querySelector('.count b')?.textContent === '60', null, { timeout: 60_000 });
    await page.getByText('finished').first().waitFor();
    page.calm();
  }
  await one.context().close();
  await two.context().close();
});

test('a page of the server before says how to get the new token', async () => {
  const page = await visit(browser, lab.address, { expected: [...lost, /status of 403/] });
  await page.getByText('Drop a suite').waitFor();
  const { port } = lab;
  await lab.stop();
  await lab.serve(port);
  await drop(page, 'late.yaml', scripted({ name: 'Late' }));
  const alert = page.getByRole('alert');
  await alert.filter({ hasText: /token/ }).waitFor();
  assert.match(await alert.first().innerText(), /address/, 'the way to it is named');
  await page.goto(lab.address);
  await drop(page, 'late.yaml', scripted({ name: 'Late' }));
  await page.getByRole('button', { name: 'Run it' }).waitFor();
  page.calm();
  await page.context().close();
});

test('a server that comes back is found again', async () => {
  const page = await visit(browser, lab.address, { expected: lost });
  await drop(page, 'gone.yaml', scripted({ name: 'Gone', cases: 60, pace: '150ms', models: 1 }));
  await page.getByRole('button', { name: 'Run it' }).click();
  await page.waitForURL(/\/runs\//);
  await page.waitForFunction(() => Number(document.querySelector('.count b')?.textContent) >= 2);
  const { port } = lab;
  await lab.stop();
  await page.getByText('connecting again').waitFor();
  await lab.serve(port);
  // The run ended with its server; the page learns it and keeps what was stored.
  await page.getByText('interrupted').first().waitFor({ timeout: 30_000 });
  assert.ok(Number(await page.locator('.count b').first().textContent()) >= 2);
  page.calm();
  await page.context().close();
});

test('a page whose server is gone says so', async () => {
  const page = await visit(browser, lab.address, { expected: lost });
  await page.getByText('Drop a suite').waitFor();
  await lab.stop();
  await page.getByLabel('Search runs').fill('anything');
  await page.getByRole('alert').filter({ hasText: 'assay does not answer' }).waitFor();
  page.calm();
  await page.context().close();
});
