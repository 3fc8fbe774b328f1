// Makes the images of the viewer in packages/viewer/docs. Run it after a change of its looks:
// node scripts/setup.mjs && npm run build -w @nacre/viewer &&
// NACRE_CHROMIUM=$(which chromium) node scripts/viewer-screenshots.mjs
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { readImage, writeImage } from '@nacre/node';
import { chromium } from 'playwright-core';

const path = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url));
const shots = [
  { name: 'desktop', colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { name: 'phone', colorScheme: 'dark', viewport: { width: 390, height: 844 } },
];

const browser = await chromium.launch({ executablePath: process.env.NACRE_CHROMIUM });
const server = spawn(process.execPath, [path('packages/cli/bin/nacre.js'), 'view', '--no-open']);
const [address] = await once(server.stdout, 'data');
for (const { name, ...options } of shots) {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(300_000);
  await page.goto(`${String(address).trim()}?device=wasm`);
  await page.locator('#beside-label', { hasText: 'JPEG' }).waitFor();
  await page.getByLabel('Quality').fill('23');
  await page.getByRole('row', { name: 'Quality 23' }).waitFor();
  await page.locator('#progress').waitFor({ state: 'hidden' });
  for (let i = 0; i < 2; i++) await page.getByRole('button', { name: 'Zoom in' }).click();
  await page.mouse.move(0, 0);
  const image = await readImage(await page.screenshot());
  await writeImage(path(`packages/viewer/docs/${name}.webp`), image, { overwrite: true });
  await page.close();
}
await browser.close();
server.kill('SIGINT');
