import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { setup, SimulatedClock } from 'xstate';
import { createSessionHost, sessionTree } from '../../src/index.ts';
import type { SessionHost } from '../../src/index.ts';
import { observe } from '../../src/observer/index.ts';
import type { ObserveOptions, Observer } from '../../src/observer/index.ts';
import { inBrowser } from '../support/browser.ts';

jest.setTimeout(30_000);

const chat = setup({
  types: { context: {} as { readonly said: number }, events: {} as { readonly type: string } },
  actions: {
    fail: () => {
      throw new Error('the </script><b>model</b> is gone');
    },
  },
}).createMachine({
  id: 'chat',
  context: { said: 0 },
  initial: 'idle',
  on: { fail: { actions: 'fail' } },
  states: {
    idle: { on: { think: 'thinking' } },
    thinking: { on: { answer: 'idle' }, after: { 60_000: 'idle' } },
  },
});

const { open, complaints } = inBrowser();
let host: SessionHost;
let observer: Observer;

async function observeHost(options: ObserveOptions = {}, more: object = {}): Promise<void> {
  host = createSessionHost({
    session: chat,
    projectPaths: 'text',
    logger: () => {},
    maxSessions: 10,
    ...more,
  }) as never;
  observer = await observe(host, options);
}

const start = async (...names: string[]): Promise<void> => {
  for (const name of names) {
    const started = await host.startSession({ projectPath: `/projects/${name}`, id: name });
    if (!started.ok) throw started.error;
  }
};
const send = (id: string, type: string): void => host.session(id)!.send({ type });
const row = (page: Page, id: string) => page.locator(`[data-session="${id}"]`);
const node = (page: Page, id: string) => page.locator(`[data-key="runtime/sessions/${id}"]`);
const count = (page: Page, name: string) => page.getByLabel('Counters').getByText(name).locator('..');

afterEach(async () => {
  await observer.close();
  await host.close();
  expect(complaints.splice(0)).toEqual([]);
});

describe('The page of the observer', () => {
  it('opens by its URL, of which the token does not stay', async () => {
    await observeHost();
    const page = await open(observer.url);
    await page.getByText('No sessions yet').first().waitFor();
    expect(page.url()).not.toContain('token');
    expect(await page.evaluate('document.cookie')).toBe('');
    await page.reload();
    await page.getByText('No sessions yet').first().waitFor();
  });

  it('opens by a link on a page of another site', async () => {
    await observeHost();
    const site = createServer((_, response) =>
      response.setHeader('content-type', 'text/html').end(`<title>Elsewhere</title><a href="${observer.url}">look</a>`),
    ).listen(0, 'localhost');
    await once(site, 'listening');
    const page = await open(`http://localhost:${(site.address() as AddressInfo).port}/`);
    await page.getByText('look').click();
    await page.getByText('No sessions yet').first().waitFor();
    expect(page.url()).not.toContain('token');
    site.close();
    // It has no icon.
    complaints.splice(0);
  });

  it('shows a session that is started, in the list and in the tree, and one that is stopped no more', async () => {
    await observeHost();
    const page = await open(observer.url);
    await start('shop', 'blog');
    await row(page, 'shop').waitFor();
    await node(page, 'blog').waitFor();
    await host.stopSession('shop');
    await row(page, 'shop').waitFor({ state: 'detached' });
    expect(await row(page, 'blog').isVisible()).toBe(true);
  });

  it('shows a crash, the time that is left, and the restart', async () => {
    // Of its own, so that the session waits for as long as the page takes to be seen.
    const clock = new SimulatedClock();
    await observeHost({}, { clock, backoff: { minMs: 60_000, maxMs: 60_000, jitter: 'none' } });
    await start('shop');
    const page = await open(observer.url);
    await row(page, 'shop').waitFor();
    send('shop', 'fail');
    await node(page, 'shop').and(page.locator('[data-status="restarting"]')).waitFor();
    await row(page, 'shop')
      .getByText(/^in \d/)
      .waitFor();
    clock.increment(60_000);
    await node(page, 'shop').and(page.locator('[data-status="running"]')).waitFor();
    await row(page, 'shop').getByText('1×').waitFor();
    await count(page, 'Crashes').getByText('1', { exact: true }).waitFor();
    await count(page, 'Restarts').getByText('1', { exact: true }).waitFor();
  });

  it('shows what a session is made of, and the children of a tree', async () => {
    const family = sessionTree({ strategy: 'one_for_all', children: () => [{ id: 'editor', src: chat }] });
    await observeHost({}, { session: family });
    await start('shop');
    const page = await open(observer.url);
    await node(page, 'shop/editor').waitFor();
    await node(page, 'shop/editor').getByText('idle').waitFor();
    host.whereis('shop', 'editor')!.send({ type: 'think' });
    await node(page, 'shop/editor').getByText('thinking').waitFor();
  });

  it('follows a transition in the statechart, and tells of it', async () => {
    await observeHost();
    await start('shop');
    const page = await open(observer.url);
    await row(page, 'shop').click();
    const chart = page.getByRole('region', { name: 'Statechart of chat' });
    await chart.locator('.state.active[data-state="idle"]').waitFor();
    send('shop', 'think');
    await chart.locator('.state.active[data-state="thinking"]').waitFor();
    expect(await chart.locator('.state.active[data-state="idle"]').count()).toBe(0);
    const steps = page.getByLabel('Events and transitions').first();
    await steps.getByText('think', { exact: true }).first().waitFor();
    await page.getByLabel('Time of chat.thinking').waitFor();
    send('shop', 'fail');
    await page.getByText('the </script><b>model</b> is gone').first().waitFor();
    await page
      .getByText(/observer-browser\.test\.ts/)
      .first()
      .waitFor({ state: 'attached' });
  });

  it('searches the sessions, and filters the stream', async () => {
    await observeHost();
    await start('shop', 'blog', 'bakery');
    const page = await open(observer.url);
    await row(page, 'shop').waitFor();
    await page.getByLabel('Search sessions').fill('b');
    await row(page, 'shop').waitFor({ state: 'detached' });
    await page.getByLabel('Search sessions').fill('/projects/bakery');
    await row(page, 'blog').waitFor({ state: 'detached' });
    expect(await row(page, 'bakery').isVisible()).toBe(true);

    send('blog', 'fail');
    await page.getByRole('link', { name: 'Stream' }).click();
    const lines = page.locator('main').getByRole('link', { name: /^(shop|blog|bakery)$/ });
    await expectCount(lines, 5);
    await page.getByRole('button', { name: /^session\.crashed/ }).click();
    await expectCount(lines, 1);
    await page.getByRole('button', { name: /^session\.crashed/ }).click();
    await page.getByRole('button', { name: 'Pause' }).click();
    send('shop', 'fail');
    await page.getByText(/2 new/).waitFor();
    await expectCount(lines, 5);
    await page.getByRole('button', { name: 'Resume' }).click();
    await expectCount(lines, 7);
    await lines.filter({ hasText: 'shop' }).first().click();
    await page.getByRole('heading', { name: 'shop' }).waitFor();
  });

  it('only looks, unless it may act', async () => {
    await observeHost();
    await start('shop');
    const page = await open(`${observer.url}#/session/shop`);
    await page.getByRole('heading', { name: 'shop' }).waitFor();
    expect(await page.getByRole('button', { name: /Stop|Restart|Send/ }).count()).toBe(0);
  });

  it('acts once it is confirmed', async () => {
    await observeHost({ allowActions: true });
    await start('shop', 'blog');
    const page = await open(`${observer.url}#/session/shop`);
    await page.getByRole('button', { name: 'Send an event' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'think' }).click();
    await dialog.getByRole('button', { name: /^Send/ }).click();
    await page.locator('.state.active[data-state="thinking"]').waitFor();
    expect(host.session('shop')!.getSnapshot()).toMatchObject({ value: 'thinking' });

    await page.getByRole('button', { name: 'Restart…' }).click();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect(host.session('shop')!.getSnapshot()).toMatchObject({ value: 'thinking' });
    await page.getByRole('button', { name: 'Restart…' }).click();
    await dialog.getByRole('button', { name: /^Restart/ }).click();
    await page.locator('.state.active[data-state="idle"]').waitFor();

    await page.getByRole('button', { name: 'Stop…' }).click();
    await dialog.getByRole('button', { name: /^Stop/ }).click();
    await page.getByTestId('session-ended').getByText(/./).first().waitFor();
    expect(host.ids()).toEqual(['blog']);

    await page.getByRole('button', { name: /limit/ }).click();
    await dialog.getByRole('spinbutton').fill('3');
    await dialog.getByRole('button', { name: /^(Set|Change|Save)/ }).click();
    await page.getByText('of 3').waitFor();
    expect(host.maxSessions).toBe(3);
  });

  it('comes back by itself after its host was started again', async () => {
    await observeHost({ token: 'x'.repeat(32) });
    const { port } = new URL(observer.url);
    await start('shop');
    const page = await open(observer.url);
    await row(page, 'shop').waitFor();
    await host.close();
    await page.getByText('Connection lost').waitFor();
    await observeHost({ token: 'x'.repeat(32), port: Number(port) });
    await start('blog');
    await row(page, 'blog').waitFor();
    expect(await row(page, 'shop').count()).toBe(0);
    expect(await page.getByText('Connection lost').count()).toBe(0);
    // It was told by the browser.
    complaints.splice(0);
  });

  it('says what to do if the host that comes back has another token', async () => {
    await observeHost();
    const { port } = new URL(observer.url);
    const page = await open(observer.url);
    await page.getByText('No sessions yet').first().waitFor();
    await host.close();
    await observeHost({ port: Number(port) });
    await page.getByText('This host has a new address').waitFor();
    await page.goto(observer.url);
    await page.getByText('No sessions yet').first().waitFor();
    complaints.splice(0);
  });

  it('scrolls ten thousand sessions, of which it draws those that can be seen', async () => {
    await observeHost({}, { maxSessions: Infinity });
    for (let n = 0; n < 10_000; n++) host.send({ type: 'session.start', projectPath: `/projects/${n}`, id: `s${n}` });
    const page = await open(observer.url);
    await row(page, 's0').waitFor();
    await page.getByRole('grid', { name: 'Sessions' }).and(page.locator('[aria-rowcount="10001"]')).waitFor();
    const drawn = () => page.locator('[data-session]').count();
    expect(await drawn()).toBeLessThan(100);
    await page.getByRole('grid', { name: 'Sessions' }).focus();
    await page.keyboard.press('End');
    await row(page, 's9999').waitFor();
    expect(await drawn()).toBeLessThan(100);
    expect(await page.getByRole('treeitem').count()).toBeLessThan(100);
    await page.getByLabel('Search sessions').fill('s77');
    await row(page, 's77').waitFor();
    await expectCount(page.locator('[aria-rowcount="112"]'), 1);
  });

  it('is usable by keyboard alone', async () => {
    await observeHost();
    await start('shop', 'blog');
    const page = await open(observer.url);
    await row(page, 'blog').waitFor();
    await page.getByRole('grid', { name: 'Sessions' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'blog' }).waitFor();
    await page.goBack();
    await row(page, 'blog').waitFor();
  });

  describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
    it.each([1440, 420])('has nothing that axe finds serious, nor is wider than its window of %i', async (width) => {
      await observeHost({ allowActions: true }, { backoff: { minMs: 60_000, maxMs: 60_000, jitter: 'none' } });
      await start('shop', 'blog', 'bakery');
      send('shop', 'fail');
      // The page's own policy keeps axe out.
      const page = await open(observer.url, { viewport: { width, height: 900 }, colorScheme, bypassCSP: true });
      await row(page, 'shop').waitFor();
      for (const view of ['#/tree', '#/stream', '#/session/blog', '#/session/shop']) {
        await page.goto(new URL(`/${view}`, observer.url).href);
        await page
          .getByText(/shop|blog/)
          .first()
          .waitFor();
        // Until the flash of the crash is over: its colours move.
        await page.waitForFunction(`document.getAnimations().every(({ playState }) => playState !== 'running')`);
        expect(await seriousIn(page)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      }
    });
  });
});

const axe = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');

async function seriousIn(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    const { violations } = await (
      globalThis as unknown as { axe: { run(): Promise<{ violations: readonly Violation[] }> } }
    ).axe.run();
    return violations;
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

async function expectCount(locator: ReturnType<Page['locator']>, expected: number): Promise<void> {
  await locator.nth(expected - 1).waitFor();
  await locator.nth(expected).waitFor({ state: 'detached' });
}
