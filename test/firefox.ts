// A real Firefox, as browser.ts has Chromium. Playwright drives only a Firefox of its own; Puppeteer drives
// the one that is installed, over WebDriver BiDi.

import type { Browser, Page } from 'puppeteer-core';
import { findBrowser } from './browser.js';

/** The Firefox to test with: the one that NACRE_FIREFOX names, or else one on the path. */
export const FIREFOX: string | undefined = findBrowser('Firefox', 'firefox-esr', 'NACRE_FIREFOX', [
  'firefox-esr',
  'firefox',
]);

/** Starts Firefox. */
export async function startFirefox(): Promise<Browser> {
  const { default: puppeteer } = await import('puppeteer-core');
  return await puppeteer.launch({
    browser: 'firefox',
    executablePath: FIREFOX!,
    protocolTimeout: 180_000,
  });
}

/** Opens a page with caches of its own. */
export async function openPage(
  browser: Browser,
  url: string,
  viewport = { width: 1280, height: 800 },
): Promise<Page> {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport(viewport);
  page.setDefaultTimeout(120_000);
  page.on('pageerror', (error) => console.error('Firefox:', error));
  await page.goto(url);
  return page;
}
