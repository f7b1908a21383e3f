/** Takes the pictures of the observer that the README shows: `npm run screenshots`. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { observe } from '../src/observer/index.ts';
import { chats, workshops } from './screenshots/sample-hosts.ts';

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'docs/images');

interface Shot {
  readonly name: string;
  readonly colorScheme: 'light' | 'dark';
  readonly width: number;
  readonly height: number;
  readonly of: 'workshops' | 'chats';
  /** Goes to what is to be seen. */
  readonly at: (page: Page) => Promise<unknown>;
}

const tree = (page: Page) => page.getByRole('treeitem', { name: /bakery/ }).waitFor();
const session = async (page: Page) => {
  await page.getByRole('grid', { name: 'Sessions' }).getByText('lighthouse', { exact: true }).click();
  await page.locator('.state.active').first().waitFor();
  // It shows what happens from when it is opened.
  await page.getByLabel('Events and transitions').getByText('model.token').first().waitFor();
};

const shots: readonly Shot[] = [
  { name: 'tree-light', colorScheme: 'light', width: 1440, height: 900, of: 'workshops', at: tree },
  { name: 'tree-dark', colorScheme: 'dark', width: 1440, height: 900, of: 'workshops', at: tree },
  { name: 'session-light', colorScheme: 'light', width: 1440, height: 900, of: 'chats', at: session },
  { name: 'session-dark', colorScheme: 'dark', width: 1440, height: 900, of: 'chats', at: session },
  { name: 'tree-narrow', colorScheme: 'light', width: 420, height: 860, of: 'workshops', at: tree },
  { name: 'session-narrow', colorScheme: 'dark', width: 420, height: 860, of: 'chats', at: session },
];

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
for (const shot of shots) await take(browser, shot);
await browser.close();

async function take(from: Browser, { name, colorScheme, width, height, of, at }: Shot): Promise<void> {
  const { host, begin } = of === 'workshops' ? await workshops() : await chats();
  const observer = await observe(host, { allowActions: true });
  const page = await from.newPage({ colorScheme, viewport: { width, height } });
  await page.goto(observer.url);
  await page.locator('[data-session]').first().waitFor();
  const end = begin();
  await page.waitForTimeout(2_500);
  await at(page);
  await page.waitForTimeout(1_500);
  await page.screenshot({ path: join(folder, `observer-${name}.png`) });
  console.log(`docs/images/observer-${name}.png`);
  end();
  await page.close();
  await host.close();
}
