#!/usr/bin/env node
// How smooth the replay is: 12 models × 500 cases in Chromium, frame by frame. The limit is p95 < 20 ms.
//
//   bench/page_frames.mjs [--assay build/release/assay] [--speed 0.25] [--seconds 8] [--json] [--write]
//
// Makes a store with one real run of the scripted engine (an answer takes 4 ms), serves it, plays it at `--speed` and
// takes the time between animation frames, and the page's own work in each (the time that its frame callbacks take).
// A browser without a screen still makes 60 frames a second; on a busy machine the first figure shows the machine, the
// second the page.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { assay: { type: 'string', default: 'build/release/assay' }, speed: { type: 'string', default: '0.25' }, seconds: { type: 'string', default: '8' }, json: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } } });
process.env.ASSAY ??= path.resolve(values.assay);
const { ask, Lab, launch, scripted, visit } = await import('../tests/page/helper.mjs');

const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
const figures = (list) => {
  const sorted = [...list].sort((a, b) => a - b);
  return { frames: sorted.length, median_ms: quantile(sorted, 0.5), p95_ms: quantile(sorted, 0.95), p99_ms: quantile(sorted, 0.99), max_ms: sorted.at(-1) };
};

const load = os.loadavg();
const lab = new Lab();
const browser = await launch();
try {
  const suite = path.join(lab.folder, 'suite.yaml');
  writeFileSync(suite, scripted({ name: 'Frames', cases: 500, models: 12, pace: '4ms' }));
  lab.run('run', suite, '--quiet', '--warmup', '0');
  await lab.serve();
  const { runs } = await ask(lab, '/api/runs');
  // With motion, as most people have it; the wall's own timing is what is measured.
  const page = await visit(browser, `${lab.base}/runs/${runs[0].id}?t=0&speed=${values.speed}`, { reducedMotion: 'no-preference' });
  await page.getByRole('button', { name: 'Play' }).waitFor();
  await page.waitForTimeout(1000);
  const measured = await page.evaluate(async (milliseconds) => {
    const between = [];
    const work = [];
    const plain = window.requestAnimationFrame;
    window.requestAnimationFrame = (callback) => plain((now) => {
      const begin = performance.now();
      callback(now);
      work.push(performance.now() - begin);
    });
    document.querySelector('button.play').click();
    await new Promise((resolve) => {
      let before = null;
      const end = performance.now() + milliseconds;
      const beat = (now) => {
        if (before !== null) between.push(now - before);
        before = now;
        if (now < end) plain(beat);
        else resolve();
      };
      plain(beat);
    });
    return { between, work, lit: [...document.querySelectorAll('.count b')].reduce((sum, one) => sum + Number(one.textContent), 0) };
  }, Number(values.seconds) * 1000);
  page.calm();
  const result = {
    schema: 'assay.bench.page_frames/1', date: new Date().toISOString().slice(0, 10), machine: { cpu: os.cpus()[0]?.model, cores: os.cpus().length, system: `${os.type()} ${os.release()}` }, load_average_before: load,
    assay: execFileSync(process.env.ASSAY, ['--version'], { encoding: 'utf8' }).trim(), browser: browser.version(), models: 12, cases: 500, speed: Number(values.speed), squares_lit: measured.lit, between_frames: figures(measured.between), work_in_a_frame: figures(measured.work),
  };
  if (values.write) writeFileSync(new URL('baselines/page_frames.json', import.meta.url), `${JSON.stringify(result, null, 2)}\n`);
  if (values.json) console.log(JSON.stringify(result, null, 2));
  else {
    console.log(`12 models × 500 cases at ${values.speed}×: ${measured.lit} squares lit in ${values.seconds} s`);
    for (const [name, one] of [['between frames', result.between_frames], ['work in a frame', result.work_in_a_frame]])
      console.log(`${name.padEnd(16)} n=${one.frames}  median ${one.median_ms.toFixed(2)} ms  p95 ${one.p95_ms.toFixed(2)} ms  p99 ${one.p99_ms.toFixed(2)} ms  max ${one.max_ms.toFixed(1)} ms`);
  }
  if (result.between_frames.p95_ms >= 20) process.exitCode = 1;
} finally {
  await browser.close();
  await lab.end();
}
