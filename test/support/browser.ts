import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** Debian's Chromium, without what it would look for in the network of its own accord. */
const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

/** One browser for the tests of a file, and a new profile for each page. */
export function inBrowser(): {
  open(url: string, options?: BrowserContextOptions): Promise<Page>;
  /** What pages have said is wrong. */
  readonly complaints: string[];
} {
  let browser: Browser;
  const complaints: string[] = [];
  beforeAll(async () => {
    browser = await launch();
  });
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
  afterAll(() => browser.close());
  return {
    complaints,
    async open(url, options) {
      const page = await (await browser.newContext(options)).newPage();
      page.setDefaultTimeout(5_000);
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      await page.goto(url);
      return page;
    },
  };
}
