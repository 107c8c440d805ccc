// Everything by the keyboard alone, and nothing serious found by axe in any view, in light and dark.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, AxeBuilder, Lab, launch, visit } from './helper.mjs';

let lab;
let browser;
let run;
before(async () => {
  lab = new Lab();
  lab.run('run', 'suites/sums.yaml', '--quiet');
  lab.run('run', 'suites/functions.yaml', '--quiet', '--repeats', '2');
  await lab.serve();
  browser = await launch();
  ({ runs: [, run] } = await ask(lab, '/api/runs'));
});
after(async () => {
  await browser?.close();
  await lab?.end();
});

const focused = (page) => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
async function tabTo(page, words, most = 60) {
  for (let press = 0; press < most; press += 1) {
    await page.keyboard.press('Tab');
    const label = await page.evaluate(() => `${document.activeElement?.getAttribute('aria-label') ?? ''} ${document.activeElement?.textContent ?? ''}`);
    if (words.test(label)) return;
  }
  assert.fail(`Tab never came to ${words}`);
}

test('from the list to an answer and back without a pointer', async () => {
  const page = await visit(browser, lab.address);
  await page.getByText('Little sums').first().waitFor();
  await page.keyboard.press('Tab');
  assert.match(await focused(page), /Skip to the content/);
  await page.keyboard.press('/');
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('type')), 'search');
  await page.keyboard.type('sums');
  await page.waitForURL(/q=sums/);
  await page.keyboard.press('Escape');
  await tabTo(page, /^\s*Little sums/);
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.equal(outline, 'solid', 'the focus is visible');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/runs\//);
  await page.getByText('What the run shows').waitFor();

  await page.keyboard.press('Home');
  await page.keyboard.press('.');
  assert.equal(await page.getByLabel('Speed', { exact: true }).inputValue(), '2');
  await page.keyboard.press(' ');
  await page.getByRole('button', { name: 'Pause' }).or(page.getByRole('button', { name: 'Play' })).first().waitFor();
  await page.keyboard.press('f');
  await tabTo(page, /wall of cases|74 pass|Arrow keys go from case/);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: /^Sample 1/ }).waitFor();
  // A sample that is on its way knows no neighbour yet: the steps are made when it is there.
  await page.route('**/samples/*', async (route) => {
    await new Promise((done) => setTimeout(done, 150));
    await route.continue().catch(() => undefined); // a request that the page has given up
  });
  for (let times = 0; times < 3; times += 1) await page.keyboard.press('j');
  await page.getByRole('heading', { name: /^Sample 4/ }).waitFor();
  await page.keyboard.press('k');
  await page.getByRole('heading', { name: /^Sample 3/ }).waitFor();
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => !location.search.includes('sample='));

  await page.keyboard.press('b');
  assert.equal(await page.locator('header').count(), 0, 'bench mode hides everything but the wall');
  await page.keyboard.press('Escape');
  await page.locator('header').first().waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByText('Flash: the end at once').waitFor();
  await page.keyboard.press('Escape');
  for (const [key, heading] of [['3', 'Accuracy'], ['5', 'All samples']]) {
    await page.keyboard.press(key);
    await page.getByText(heading).first().waitFor();
  }
  await page.locator('[role=option]').filter({ hasText: 'tiny' }).first().waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: /^Sample 1/ }).waitFor();
  page.calm();
  await page.context().close();
});

test('settings are kept, and the address says the rest', async () => {
  const page = await visit(browser, `${lab.base}/runs/${run.id}`);
  await page.getByText('What the run shows').waitFor();
  await page.keyboard.press('d');
  await page.keyboard.press('p');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await page.waitForURL(/t=[\d.]+/);
  const counts = await page.locator('.count b').allTextContents();
  await page.reload();
  await page.locator('.engine').first().waitFor();
  await page.locator('li.simple').first().waitFor();
  assert.deepEqual(await page.locator('.count b').allTextContents(), counts, 'the same moment');
  await page.keyboard.press('t');
  await page.keyboard.press('t');
  await page.reload();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
  page.calm();
  await page.context().close();
});

for (const scheme of ['light', 'dark']) {
  test(`axe finds nothing serious (${scheme})`, async () => {
    const base = `/runs/${run.id}`;
    for (const view of ['/', base, `${base}?sample=3`, `${base}/samples/3`, `${base}/table`, `${base}/side?n=2`, `${base}/charts`, `${base}/cases`, `${base}/cases?show=disagree`, `/compare?a=${run.id}:tiny-s.q8_0&b=${run.id}:tiny-m.q8_0`, '/trends?suite=Little+sums']) {
      const page = await visit(browser, lab.base + view, { colorScheme: scheme });
      await page.waitForLoadState('networkidle');
      await page.waitForTimeout(250);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const serious = violations.filter((one) => ['serious', 'critical'].includes(one.impact));
      assert.deepEqual(serious.map((one) => `${view} ${one.id}: ${one.nodes.map((node) => node.target.join(' ')).slice(0, 4).join(' | ')}`), []);
      page.calm();
      await page.context().close();
    }
  });
}
