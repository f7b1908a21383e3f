import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { observe } from 'xstate-supervisor/observer';
import { filled } from '../crowds/crowd.ts';
import { SupervisedCrowd } from '../crowds/supervised-crowd.ts';
import type { Row, Rounds } from '../row.ts';

const executablePath = '/usr/bin/chromium';
const page = 'the page';
const frame = 'the longest frame';

/** Scrolls the list up and down for two seconds; tells the longest task over 50 ms, and the longest time between frames. */
const scroll = `new Promise((resolve) => {
  const tasks = [0];
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)));
  observer.observe({ type: 'longtask' });
  const grid = document.querySelector('[role="grid"]');
  const begun = performance.now();
  let last = begun;
  let longest = 0;
  const step = (now) => {
    longest = Math.max(longest, now - last);
    last = now;
    const part = (now - begun) / 2000;
    grid.scrollTop = (part < 0.5 ? part : 1 - part) * 2 * (grid.scrollHeight - grid.clientHeight);
    if (part < 1) requestAnimationFrame(step);
    else setTimeout(() => resolve({ task: Math.max(...tasks), frame: longest }), 100);
  };
  requestAnimationFrame(step);
})`;

export const scrolling: Row = {
  name: 'scrolling 10,000 sessions, 1,000 events a second among them: the longest task over 50 ms',
  goals: [{ of: page, atMost: 50e6 }],
  async measure(rounds): Promise<Rounds> {
    if (!existsSync(executablePath)) return {};
    const crowd = await filled(new SupervisedCrowd(), 10_000);
    const observer = await observe(crowd.host);
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    const tab = await browser.newPage();
    await tab.goto(observer.url);
    await tab.locator('[aria-rowcount="10001"]').waitFor();
    const refs = crowd.refs();
    let turn = 0;
    const busy = setInterval(() => {
      for (let n = 0; n < 10; n++) refs[turn++ % refs.length]!.send({ type: 'next' });
    }, 10);
    const measured: { task: number; frame: number }[] = [];
    for (let round = -1; round < rounds; round++) {
      const one = await tab.evaluate<{ task: number; frame: number }>(scroll);
      // In the first the browser compiles what it runs.
      if (round >= 0) measured.push(one);
    }
    clearInterval(busy);
    await browser.close();
    return { [page]: measured.map(({ task }) => task * 1e6), [frame]: measured.map((one) => one.frame * 1e6) };
  },
};
