// Dropped files: a report of Benchy with its settings and awards, a hostile one, and files that are wrong.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, drop, Lab, launch, scripted, shoot, visit } from './helper.mjs';

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

/** A report of the third generation with models that differ in speed and correctness. */
function report({ name = 'Unit sums', results = 20, answer = (index) => String(index), models = ['ollama~swift:1b', 'ollama~steady:4b'], extra = {} } = {}) {
  const list = models.map((model, place) => {
    const rows = Array.from({ length: results }, (_, index) => {
      const correct = place === 1 || index % 5 !== 4;
      return {
        prompt_response: { response: answer(index), tokens_per_second: place === 0 ? 80 : 20, provider: 'ollama', total_duration_ms: place === 0 ? 10 : 40, load_duration_ms: 0.5, inputAndOutputCost: 0.0, errored: null },
        execution_result: correct ? `${index}.0` : 'wrong', expected_result: `${index}.0`, input_prompt: `How much is ${index}?`, model, correct, index: index + 1,
      };
    });
    const correct = rows.filter((row) => row.correct).length;
    return { model, results: rows, correct_count: correct, incorrect_count: results - correct, accuracy: correct / results, average_tokens_per_second: place === 0 ? 80 : 20, average_total_duration_ms: place === 0 ? 10 : 40, average_load_duration_ms: 0.5, total_cost: 0.0 };
  });
  const right = list.reduce((sum, one) => sum + one.correct_count, 0);
  const all = results * list.length;
  return {
    benchmark_name: name, purpose: 'Numbers back', base_prompt: 'How much is {{n}}?',
    prompt_iterations: Array.from({ length: results }, (_, index) => ({ dynamic_variables: { n: index }, expectation: `${index}.0` })),
    models: list, overall_correct_count: right, overall_incorrect_count: all - right, overall_accuracy: right / all,
    average_tokens_per_second: 50, average_total_duration_ms: 25, average_load_duration_ms: 0.5, ...extra,
  };
}

const counts = async (page) => (await page.locator('.count b').allTextContents()).map(Number);

test('a report replays by the durations that it claims, with awards and its settings', async () => {
  const page = await visit(browser, lab.address);
  await drop(page, 'Unit_sums_20260102_030405.json', JSON.stringify(report({ extra: { settings: { blockScale: 60, speed: 5, showProvider: true } } })));
  await page.waitForURL(/\/runs\//);
  await page.getByRole('heading', { name: 'Unit sums' }).waitFor();
  await page.getByText('fastest').first().waitFor();
  await page.getByText('slowest').first().waitFor();
  await page.getByText('most accurate').first().waitFor();
  await page.getByText('perfect score').first().waitFor();
  await page.getByText('claimed').first().waitFor();
  assert.deepEqual(await page.locator('.note a').allTextContents(), ['1', '11', '12', '13', '14'], 'a number of the sentence is no case');
  assert.deepEqual(await counts(page), [0, 0], 'a dropped report stands at its start');
  assert.equal(await page.getByLabel('Speed', { exact: true }).inputValue(), '5');
  assert.equal(await page.locator('.engine').first().textContent(), 'ollama');
  // 20 answers of 10 ms against 20 of 40 ms: at 200 ms the one is done and the other has 5.
  await page.getByLabel('Position').evaluate((input) => {
    input.value = '200';
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
  assert.deepEqual(await counts(page), [20, 5]);
  await shoot(page, 'report');
  await page.keyboard.press('f');
  assert.deepEqual(await counts(page), [20, 20]);
  page.calm();
  await page.context().close();
});

test('a report of 1,000 results is shown in under a second', async () => {
  const page = await visit(browser, lab.address);
  const text = JSON.stringify(report({ name: 'Thousand', results: 500 }));
  await page.getByText('Runs').first().waitFor();
  const begin = performance.now();
  await drop(page, 'thousand.json', text);
  await page.getByRole('heading', { name: 'Thousand' }).waitFor();
  await page.locator('.field canvas').first().waitFor();
  const took = performance.now() - begin;
  console.log(`# 1,000 results: dropped, stored and drawn in ${Math.round(took)} ms`);
  assert.ok(took < 5000, `${took} ms`);
  page.calm();
  await page.context().close();
});

test('what a hostile report holds is shown as text and does nothing', async () => {
  const evil = [
    '<script>document.title="owned"</script>', '<img src=x onerror="document.title=\'owned\'">', '<svg onload=alert(1)>', '</pre><iframe src="https://example.invalid"></iframe>',
    '\u001b[2J\u001b[31mred', 'a\u202egnp.exe\u202c b', '{{constructor.constructor("alert(1)")()}}', 'javascript:alert(1)', '\u0000\u0007bell', 'x'.repeat(200_000),
  ];
  const page = await visit(browser, lab.address);
  await drop(page, 'evil.json', JSON.stringify(report({ name: '<img src=x onerror=alert(1)>\u202e', results: 10, answer: (index) => evil[index], models: ['ollama~<b>bold</b>', 'ollama~\u202emodel'] })));
  await page.waitForURL(/\/runs\//);
  await page.getByRole('heading', { name: '<img src=x onerror=alert(1)>⟨202E⟩' }).waitFor();
  const { runs } = await ask(lab, '/api/runs?q=onerror');
  for (let sequence = 0; sequence < 10; sequence += 1) {
    await page.goto(`${lab.base}/runs/${runs[0].id}/samples/${sequence}`);
    await page.getByText('Raw answer').waitFor();
    const content = await page.locator('article').innerText();
    assert.ok(!/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u202a-\u202e\u2066-\u2069]/.test(content), `sample ${sequence} lets a control through`);
  }
  await page.getByText('characters left out').waitFor();
  for (const view of ['', '/table', '/charts', '/cases', '/side']) {
    await page.goto(`${lab.base}/runs/${runs[0].id}${view}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    assert.equal(await page.locator('main img, main iframe, main script, main b:text-is("bold")').count(), 0);
    assert.notEqual(await page.title(), 'owned');
  }
  await page.goto(lab.base);
  await page.getByText('<b>bold</b>').first().waitFor();
  // Two sides and the lines of a trend have the same names in other places.
  const [bold, bent] = runs[0].models;
  for (const view of [`/compare?a=${encodeURIComponent(`${runs[0].id}:${bold}`)}&b=${encodeURIComponent(`${runs[0].id}:${bent}`)}`, `/trends?model=${encodeURIComponent(bent)}`]) {
    await page.goto(lab.base + view);
    await page.waitForFunction(() => document.querySelector('main table') && document.querySelector('main').textContent.includes('⟨202E⟩model'));
    assert.equal(await page.locator('main img, main iframe, main script, main b:text-is("bold")').count(), 0);
    const controls = await page.locator('main').evaluate((main) => /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u202a-\u202e\u2066-\u2069]/.test(main.textContent));
    assert.ok(!controls, `${view} lets a control through`);
  }
  page.calm();
  await page.context().close();
});

test('an answer of 10 MB is shown from both ends, and whole when asked', async () => {
  const long = `BEGIN ${'lorem \u202e ipsum '.repeat((10 * 2 ** 20) / 14)} END`;
  const page = await visit(browser, lab.address);
  await drop(page, 'long.json', JSON.stringify(report({ name: 'Long answer', results: 5, answer: (index) => (index === 2 ? long : String(index)), models: ['ollama~long'] })));
  await page.waitForURL(/\/runs\//);
  const run = page.url().match(/runs\/([^?/]+)/)[1];
  await page.locator('.field canvas').first().waitFor();
  await page.goto(`${lab.base}/runs/${run}/samples/2`);
  const answer = page.locator('section').filter({ hasText: 'Raw answer' }).locator('pre');
  await answer.getByText('characters left out').waitFor();
  const shown = await answer.evaluate((one) => one.textContent);
  assert.ok(shown.length < 50_000);
  assert.match(shown, /^BEGIN lorem ⟨202E⟩[^]* END$/);
  await answer.getByRole('button').click();
  await page.waitForFunction(() => [...document.querySelectorAll('pre')].some((one) => one.textContent.length > 10_000_000), null, { timeout: 60_000 });
  const list = await (await page.request.get(`${lab.base}/api/runs/${run}/samples`)).body();
  assert.ok(list.length < 100_000, `the list of 5 samples has ${list.length} bytes`);
  await page.goto(`${lab.base}/runs/${run}/side?n=3`);
  await page.keyboard.press('f');
  await page.getByText('tokens').first().waitFor();
  page.calm();
  await page.context().close();
});

test('a file that is wrong is refused with a sentence', async () => {
  const page = await visit(browser, lab.address, { expected: [/status of 4\d\d/] });
  const alert = page.getByRole('alert');
  for (const [name, text, words] of [
    ['empty.yaml', '', /empty\.yaml is empty/],
    ['model.gguf', 'GGUF\u0000\u0001\u0002', /neither text nor JSON/],
    ['half.json', '{"benchmark_name": "x", "models": [', /JSON/],
    ['other.json', '{"error": "no"}', /benchmark_name/],
  ]) {
    await drop(page, name, text);
    await alert.filter({ hasText: words }).waitFor();
  }
  await drop(page, 'typo.yaml', scripted().replace('evaluate:', 'evalute:'));
  await page.getByLabel('What is wrong with the file').getByText(/line \d+, column \d+: .*evalute/).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Run it' }).isDisabled(), true);
  // Half a gigabyte, by one part that is named again and again; no byte of it is sent.
  const sent = [];
  page.on('request', (request) => sent.push(request.method()));
  for (const [parts, words] of [[7, /huge\.json has 70 MiB/], [50, /huge\.json has 500 MiB/]]) {
    await page.evaluate((count) => {
      const part = new Blob([new Uint8Array(10 * 2 ** 20).fill(123)]);
      const data = new DataTransfer();
      data.items.add(new File(Array(count).fill(part), 'huge.json'));
      document.querySelector('main').dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data }));
    }, parts);
    await alert.filter({ hasText: words }).waitFor();
  }
  assert.ok(!sent.includes('POST'), 'a file over the limit is not sent');
  page.calm();
  await page.context().close();
});

test('without the token the page reads and says how to get it', async () => {
  const page = await visit(browser, lab.base);
  await page.getByText('Reading only').waitFor();
  await drop(page, 'suite.yaml', scripted());
  await page.getByRole('alert').filter({ hasText: 'the one with the token' }).waitFor();
  await page.goto(`${lab.base}/runs/last`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  page.calm();
  await page.context().close();
});

test('an address of nothing is answered in words', async () => {
  const page = await visit(browser, `${lab.base}/runs/0000nothing`, { expected: [/status of 404/] });
  await page.getByText('This run cannot be shown').waitFor();
  await page.goto(`${lab.base}/elsewhere`);
  await page.getByText('Nothing is at this address').waitFor();
  await page.goto(`${lab.base}/runs/last?sample=999999`);
  await page.getByRole('alert').waitFor();
  page.calm();
  await page.context().close();
});
