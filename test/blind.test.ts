// The page of blind comparisons in Chromium: a whole session by keyboard, an interruption, and its results.
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BlindTest, type BlindTrial, writeBlindTest } from '@nacre/compare';
import { type Browser, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CHROMIUM } from './browser.js';

/** A plain image of a colour that tells what it is. */
async function plain(red: number, green: number, blue: number): Promise<string> {
  const create = {
    width: 300,
    height: 200,
    channels: 3,
    background: { r: red, g: green, b: blue },
  } as const;
  return (await sharp({ create }).webp({ lossless: true }).toBuffer()).toString('base64');
}

/** Candidates of codec "ruby" are red, those of "jade" green, originals blue. */
async function trial(index: number): Promise<BlindTrial> {
  const files = { quality: 40 + index, bytes: 1000 + index };
  return {
    image: `image ${index} <b>.png`,
    bpp: 0.25,
    original: await plain(0, 0, 100 + index),
    candidates: [
      { codec: 'ruby', ...files, webp: await plain(100 + index, 0, 0) },
      { codec: 'jade', ...files, webp: await plain(0, 100 + index, 0) },
    ],
  };
}

const TRIALS = 12;

describe.skipIf(!CHROMIUM)('a blind comparison', () => {
  let folder: string;
  let browser: Browser;
  let file: string;
  let page: Page;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nacre-blind-'));
    const trials = await Promise.all(Array.from({ length: TRIALS }, (_, i) => trial(i)));
    const codecs = ['ruby', 'jade'].map((name) => ({ name, description: `codec <${name}>` }));
    const blind: BlindTest = { trials, codecs, leftOut: [], notices: [] };
    file = await writeBlindTest(folder, blind);
    browser = await chromium.launch({ executablePath: CHROMIUM!, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    page = await (await browser.newContext({ offline: true })).newPage();
    await page.goto(pathToFileURL(file).href);
  });
  afterEach(async () => {
    await page.context().close();
  });

  /** Waits for a question, and says which codec is shown at each place. */
  async function question(number: number): Promise<string[]> {
    await page.waitForFunction((n) => document.body.dataset.ready === n, String(number));
    const colours = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLImageElement>('.view img:first-child')].map((image) => {
        const context = new OffscreenCanvas(1, 1).getContext('2d')!;
        context.drawImage(image, 0, 0);
        return [...context.getImageData(0, 0, 1, 1).data];
      }),
    );
    return colours.map(([red, green]) => (red! > 0 ? 'ruby' : green! > 0 ? 'jade' : 'original'));
  }

  /** Answers for a codec, or for none, as a person would by key. */
  async function prefer(number: number, codec: string): Promise<void> {
    const shown = await question(number);
    expect(shown[1]).toBe('original');
    await page.keyboard.press(codec === 'none' ? '0' : shown[0] === codec ? '1' : '2');
  }

  async function download(): Promise<Record<string, string>[]> {
    const [saved] = await Promise.all([page.waitForEvent('download'), page.click('#download')]);
    const [head, ...rows] = (await readFile(await saved.path(), 'utf8')).trimEnd().split('\n');
    const names = head!.split('\t');
    return rows.map((row) =>
      Object.fromEntries(row.split('\t').map((cell, i) => [names[i]!, cell] as const)),
    );
  }

  test('counts what was preferred, whatever its place, and says how sure that is', async () => {
    const answers = Array.from({ length: TRIALS }, (_, i) =>
      i < 8 ? 'ruby' : i < 10 ? 'jade' : 'none',
    );
    for (const [i, codec] of answers.entries()) await prefer(i, codec);
    await page.waitForSelector('#votes td');
    const rows = await page.$$eval('#votes tr', (all) =>
      all.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent)),
    );
    // Wilson's interval for 9 of 12 and for 3 of 12, worked out by hand.
    expect(rows).toEqual([
      ['ruby', 'jade', '75.0 %', '46.8–91.1 %', '8', '2', '12'],
      ['jade', 'ruby', '25.0 %', '8.9–53.2 %', '2', '2', '12'],
    ]);
    const table = await download();
    expect(table.map(({ preferred }) => preferred)).toEqual(answers);
    expect(new Set(table.map(({ image }) => image)).size).toBe(TRIALS);
    for (const row of table) {
      expect([row['codec-1'], row['codec-2']].sort()).toEqual(['ruby', 'jade']);
      expect(row.choice).toBe(
        row.preferred === 'none' ? '0' : row['codec-1'] === row.preferred ? '1' : '2',
      );
    }
    // Both codecs are shown at either place.
    expect(new Set(table.map((row) => row['codec-1'])).size).toBe(2);
  });

  test('names no codec while it asks', async () => {
    await question(0);
    const words = await page.innerText('body');
    expect(words).toContain(`1 of ${TRIALS}`);
    expect(words).not.toMatch(/\b(ruby|jade)\b/);
    expect(words).not.toContain('image 0');
  });

  test('continues after it was closed, and takes answers back', async () => {
    await prefer(0, 'ruby');
    await prefer(1, 'jade');
    await question(2);
    await page.reload();
    await question(2);
    expect(await page.innerText('#count')).toBe(`3 of ${TRIALS}`);
    await page.keyboard.press('Backspace');
    await prefer(1, 'none');
    await question(2);
    expect((await download()).map(({ preferred }) => preferred)).toEqual(['ruby', 'none']);
  });

  test('flickers against the original, zooms and moves all images alike', async () => {
    await question(0);
    const transforms = () =>
      page.$$eval('.view img', (all) => all.map((image) => getComputedStyle(image).transform));
    const [before] = await transforms();
    expect(new Set(await transforms()).size).toBe(1);
    await page.keyboard.press('+');
    await page.keyboard.press('ArrowLeft');
    const after = await transforms();
    expect(new Set(after).size).toBe(1);
    expect(after[0]).not.toBe(before);
    await page.keyboard.press('r');
    expect((await transforms())[0]).toBe(before);

    const originals = () =>
      page.$$eval('.view img.original', (all) =>
        all.map((image) => getComputedStyle(image).visibility),
      );
    expect(await originals()).toEqual(['hidden', 'hidden']);
    await page.keyboard.press('f');
    await page.waitForFunction(() => document.body.classList.contains('flick'));
    expect(await originals()).toEqual(['visible', 'visible']);
    await page.waitForFunction(() => !document.body.classList.contains('flick'));
    await page.waitForFunction(() => document.body.classList.contains('flick'));
    await page.keyboard.press('f');
    expect(await originals()).toEqual(['hidden', 'hidden']);
  });

  test('shows images at full size: an image pixel is a pixel of the screen', async () => {
    await question(0);
    const box = await page.locator('.view img').first().boundingBox();
    expect([box!.width, box!.height]).toEqual([300, 200]);
  });
});

test('another page of that name is not replaced', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'nacre-blind-'));
  const blind: BlindTest = { trials: [await trial(0)], codecs: [], leftOut: [], notices: [] };
  const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  const file = join(folder, 'blind.html');
  await writeFile(file, '<p>mine');
  await expect(writeBlindTest(folder, blind)).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
  expect(await readFile(file, 'utf8')).toBe('<p>mine');
  await writeBlindTest(folder, blind, { overwrite: true });
  const written = hash(await readFile(file));
  await writeBlindTest(folder, blind);
  expect(hash(await readFile(file))).toBe(written);
  await rm(folder, { recursive: true });
});
