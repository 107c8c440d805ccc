// Pictures of every view in light, dark and at phone width, for a person to look at: build/page-shots. What a test can
// say of them it says: no view is wider than its window.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { ask, Lab, launch, shoot, visit } from './helper.mjs';

let lab;
let browser;
before(async () => {
  lab = new Lab();
  const again = path.join(lab.folder, 'again.yaml');
  writeFileSync(again, 'assay: 1\nprompt: Hi\nwarmup: 0\nretries: 2\nmodels: "fake:@1 crash; @2 error transport; say Ho"\ncases: [{id: one}]\n');
  lab.run('run', again, '--quiet');
  lab.run('run', 'suites/choices.yaml', '--quiet');
  lab.run('run', 'suites/strings.yaml', '--quiet');
  lab.run('run', 'suites/functions.yaml', '--quiet');
  lab.run('run', 'suites/sums.yaml', '--quiet');
  lab.run('run', 'suites/sums.yaml', '--quiet', '--label', 'second look');
  await lab.serve();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await lab?.end();
});

for (const [kind, options] of [
  ['light', { viewport: { width: 1360, height: 900 }, colorScheme: 'light' }],
  ['dark', { viewport: { width: 1360, height: 900 }, colorScheme: 'dark' }],
  ['phone', { viewport: { width: 390, height: 844 }, colorScheme: 'light', deviceScaleFactor: 2, hasTouch: true, isMobile: true }],
]) {
  test(`every view (${kind})`, async () => {
    const { runs } = await ask(lab, '/api/runs');
    const [second, first, functions, , scored] = runs.map((run) => run.id);
    const views = {
      start: '/', wall: `/runs/${functions}`, replay: `/runs/${functions}?t=700`, panel: `/runs/${functions}?sample=4`, sample: `/runs/${functions}/samples/4`, scored: `/runs/${scored}/samples/3`,
      table: `/runs/${functions}/table`, side: `/runs/${functions}/side?n=2`, charts: `/runs/${functions}/charts`, cases: `/runs/${functions}/cases`,
      disagree: `/runs/${functions}/cases?show=disagree`, compare: `/compare?a=${first}&b=${second}`, trends: '/trends?suite=Little+sums',
    };
    const page = await visit(browser, lab.base, options);
    for (const [name, view] of Object.entries(views)) {
      await page.goto(lab.base + view);
      await page.waitForLoadState('networkidle');
      if (name === 'side') await page.keyboard.press('f');
      await page.waitForTimeout(300);
      await shoot(page, `${kind}-${name}`);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(over <= 0, `${name} at ${kind} is ${over} px wider than its window`);
    }
    page.calm();
    await page.context().close();
  });
}

test('a prompt is shown in its tokens', async () => {
  const { runs } = await ask(lab, '/api/runs');
  const page = await visit(browser, lab.base);
  await page.goto(`${lab.base}/runs/${runs[2].id}/samples/4`);
  const prompt = page.locator('section', { hasText: 'Prompt as sent' });
  const text = await prompt.locator('pre').textContent();
  await prompt.getByRole('button', { name: 'Tokens' }).click();
  await prompt.locator('.token').first().waitFor();
  assert.equal((await prompt.locator('.token').allTextContents()).join('').replaceAll('↵\n', '\n'), text);
  assert.match(await prompt.locator('p').textContent(), /As many as the engine counted/);
  await shoot(page, 'light-tokens');
  await prompt.getByRole('button', { name: 'Text' }).click();
  assert.equal(await prompt.locator('pre').textContent(), text);
  page.calm();
  await page.context().close();
});

test('tries that failed before stand with the answer', async () => {
  const { runs } = await ask(lab, '/api/runs');
  const page = await visit(browser, lab.base);
  await page.goto(`${lab.base}/runs/${runs[5].id}/samples/0`);
  const tries = page.locator('section', { hasText: 'Tried before' });
  await tries.waitFor();
  const rows = await tries.locator('tbody tr').allTextContents();
  assert.equal(rows.length, 2);
  assert.match(rows[0], /server_exit the fake engine was told to crash/);
  assert.match(rows[1], /transport the fake engine was told to fail/);
  await tries.scrollIntoViewIfNeeded();
  await shoot(page, 'light-tried');
  page.calm();
  await page.goto(`${lab.base}/runs/${runs[4].id}/samples/3`);
  await page.locator('section', { hasText: 'The choices' }).waitFor();
  assert.equal(await page.getByText('Tried before').count(), 0);
  await page.context().close();
});

test('scored choices stand as a table instead of an answer', async () => {
  const { runs } = await ask(lab, '/api/runs');
  const page = await visit(browser, lab.base);
  await page.goto(`${lab.base}/runs/${runs[4].id}/samples/3`);
  const table = page.locator('section', { hasText: 'The choices' });
  await table.waitFor();
  assert.equal(await table.locator('tbody tr').count(), 4);
  assert.equal(await table.locator('tbody tr.likeliest').count(), 1);
  assert.equal(await table.getByText('right', { exact: true }).count(), 1);
  const shares = await table.locator('td.share').allTextContents();
  const sum = shares.reduce((total, text) => total + (text.includes('<') ? 0 : Number.parseFloat(text)), 0);
  assert.ok(Math.abs(sum - 100) < 0.5, `the shares ${shares} are ${sum} % together`);
  assert.equal(await page.getByText('Raw answer').count(), 0);
  page.calm();
  await page.context().close();
});
