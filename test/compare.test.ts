// nacre compare as a process: what it writes, what it leaves out, and that neither Ctrl-C nor a second
// run loses what has been measured. Each test has a cache of its own.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toBuffer } from '@nacre/node';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { photograph } from './images.js';
import { TINY } from './runtimes.js';

const NACRE = fileURLToPath(new URL('../packages/cli/bin/nacre.js', import.meta.url));
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nacre-compare-'));
  await mkdir(join(folder, 'images'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Writes a file among the images. */
async function add(name: string, bytes: Uint8Array | string): Promise<void> {
  await writeFile(join(folder, 'images', name), bytes);
}

function start(args: readonly string[]): ChildProcess {
  const home = join(folder, 'home');
  const places = { HOME: home, USERPROFILE: home, LOCALAPPDATA: home, XDG_CACHE_HOME: home };
  const PATH = `${join(home, 'bin')}${delimiter}${process.env.PATH}`;
  return spawn(process.execPath, [NACRE, 'compare', ...args], {
    cwd: folder,
    env: { ...process.env, ...places, PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function end(child: ChildProcess) {
  let [stdout, stderr] = ['', ''];
  child.stdout!.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr!.on('data', (chunk) => {
    stderr += chunk;
  });
  return await new Promise<{
    exit: number | null;
    signal: string | null;
    stdout: string;
    stderr: string;
  }>((done) => {
    child.on('close', (exit, signal) => done({ exit, signal, stdout, stderr }));
  });
}

const compare = (...args: readonly string[]) => end(start(args));

/** The measurements as they were written, one object a line. */
async function table(report = 'report'): Promise<Record<string, string>[]> {
  const text = await readFile(join(folder, report, 'images.tsv'), 'utf8');
  const [head, ...rows] = text.trim().split('\n');
  const columns = head!.split('\t');
  return rows.map((row) =>
    Object.fromEntries(row.split('\t').map((cell, i) => [columns[i]!, cell])),
  );
}

interface Summary {
  exitCode: number;
  leftOut: { what: string; why: string }[];
  notices: string[];
  images: { name: string }[];
  codecs: { name: string; description: string }[];
  differences: {
    metric: string;
    test: string;
    anchor: string;
    rate?: { percent: number };
    reason?: string;
  }[];
  error?: { code: string; message: string };
}

/** Where measurements are kept: the file of each, and when it was written. */
async function kept(): Promise<Map<string, number>> {
  const home = join(folder, 'home');
  const names = await readdir(home, { recursive: true }).catch(() => [] as string[]);
  const files = names.filter((name) => /[0-9a-f]{62}\.json$/.test(name));
  return new Map(
    await Promise.all(
      files.map(async (name) => [name, (await stat(join(home, name))).mtimeMs] as const),
    ),
  );
}

test('a folder with all sorts in it: the report, and what was left out of it', async () => {
  await add('a.png', await toBuffer(photograph(200, 170), 'png'));
  await add('b.jpg', await toBuffer(photograph(240, 180), 'jpg'));
  await add('small.png', await toBuffer(photograph(64, 48), 'png'));
  await add('twin.png', await toBuffer(photograph(64, 48), 'png'));
  await add('notes.txt', 'no image');
  await add('broken.png', (await toBuffer(photograph(90, 90), 'png')).subarray(0, 900));
  // Too wide for a WebP file, and for no other.
  await add('wide.png', await toBuffer(photograph(16_400, 8), 'png'));
  const anchor = {
    results: { bpp: [0.1, 0.3, 1, 3], 'psnr-rgb': [22, 26, 32, 40] },
  };
  await writeFile(join(folder, 'published <b>.json'), JSON.stringify(anchor));
  await writeFile(join(folder, 'other.json'), '{}');
  const options = [
    ...['--codecs', `nacre:${TINY},jpeg,webp`, '--qualities', '5,20,50,80,95'],
    ...['--metrics', 'psnr,ms-ssim', '--anchors', 'published <b>.json', 'other.json', '--json'],
  ];
  const { exit, stdout, stderr } = await compare('images', ...options);
  expect([exit, stderr.includes('    at ')]).toEqual([0, false]);
  const summary = JSON.parse(stdout) as Summary;

  expect(summary.images.map(({ name }) => name)).toEqual(['a.png', 'b.jpg', 'small.png']);
  const why = (what: RegExp) => summary.leftOut.find((one) => what.test(one.what))?.why;
  expect(why(/notes\.txt$/)).toContain('not that of an image');
  expect(why(/broken\.png$/)).toContain('cut short or damaged');
  expect(why(/twin\.png$/)).toContain('same file as small.png');
  expect(why(/^wide\.png$/)).toContain('webp failed');
  expect(why(/^small\.png in MS-SSIM/)).toContain('64×48');
  expect(why(/other\.json$/)).toContain('Expected "results"');
  expect(summary.leftOut).toHaveLength(6);
  expect(summary.notices.join()).toContain('b.jpg: Its source is JPEG');

  const rows = await table();
  expect(rows).toHaveLength(3 * 3 * 5);
  for (const row of rows) {
    const pixels = Number(row.width) * Number(row.height);
    expect(Number(row.bpp)).toBeCloseTo((8 * Number(row.bytes)) / pixels, 10);
    expect(row['ms-ssim'] === '').toBe(row.image === 'small.png');
  }
  const pairs = summary.differences.filter(({ metric }) => metric === 'psnr');
  expect(pairs).toHaveLength(3 * 3); // each codec against two others and the anchor
  expect(pairs.some(({ anchor: name }) => name === 'published <b>')).toBe(true);
  const [there, back] = [
    ['webp', 'jpeg'],
    ['jpeg', 'webp'],
  ].map(([one, other]) => pairs.find((pair) => pair.test === one && pair.anchor === other)!);
  expect((1 + there!.rate!.percent / 100) * (1 + back!.rate!.percent / 100)).toBeCloseTo(1, 9);

  const html = await readFile(join(folder, 'report/index.html'), 'utf8');
  expect(html).not.toMatch(/(?:src|href)="(?!data:)|url\((?!#)|@import|fetch\(/);
  expect(html).toContain('published &lt;b&gt;');
  expect(html).not.toContain('published <b>');
  expect(html.match(/<svg/g)).toHaveLength(2 * 2); // two metrics, each in two widths
  expect(html.match(/<img/g)).toHaveLength(2 * 4); // best and worst: the original and three codecs
  expect((await readdir(join(folder, 'report'))).sort()).toEqual([
    'curves',
    'images.tsv',
    'index.html',
    'ms-ssim.png',
    'ms-ssim.svg',
    'psnr.png',
    'psnr.svg',
    'summary.json',
  ]);
});

test('a second run measures nothing again, but what is new', async () => {
  await add('a.png', await toBuffer(photograph(96, 64), 'png'));
  const sweep = (qualities: string, report: string) =>
    compare(
      ...['images', '--codecs', 'jpeg,webp', '--metrics', 'psnr'],
      ...['--qualities', qualities, '--out', report],
    );
  const first = await sweep('10,30,50,70', 'first');
  expect(first.stdout).toMatch(/jpeg over 1 image .+\n.+against webp /);
  const before = await kept();
  await sweep('10,30,50,70', 'again');
  expect(await kept()).toEqual(before);
  expect(await table('again')).toEqual(await table('first')); // the times, too
  await sweep('10,30,50,70,90', 'more');
  const after = await kept();
  for (const [file, time] of before) expect(after.get(file)).toBe(time);
  const measured = (await table('more')).filter(({ quality }) => quality === '90');
  expect(measured).toHaveLength(2);
});

test('two models of Nacre are compared in one run', async () => {
  await add('a.png', await toBuffer(photograph(96, 64), 'png'));
  const codecs = ['nacre:photo-6', `nacre:${TINY}`];
  const { exit, stdout } = await compare(
    ...['images', '--codecs', codecs.join(), '--metrics', 'psnr,ssimulacra2', '--json'],
    ...['--qualities', '10,40,70,95'],
  );
  const summary = JSON.parse(stdout) as Summary;
  expect([exit, summary.codecs.map(({ name }) => name)]).toEqual([0, codecs]);
  expect(summary.codecs[0]!.description).toContain('photo-6');
  const rows = await table();
  const mean = (codec: string, column: string) =>
    rows.filter((row) => row.codec === codec).reduce((sum, row) => sum + Number(row[column]), 0) /
    4;
  // The tiny model was hardly trained.
  expect(mean(codecs[0]!, 'psnr')).toBeGreaterThan(mean(codecs[1]!, 'psnr') + 3);
  expect(mean(codecs[0]!, 'ssimulacra2')).toBeGreaterThan(mean(codecs[1]!, 'ssimulacra2'));
  expect((await readdir(join(folder, 'report/curves'))).length).toBe(2);
});

test('a page of somebody else is replaced only by force, which is said before anything is measured', async () => {
  await add('a.png', await toBuffer(photograph(32, 32), 'png'));
  await mkdir(join(folder, 'report'));
  const page = join(folder, 'report/index.html');
  await writeFile(page, '<title>mine</title>');
  const args = ['images', '--codecs', 'jpeg', '--metrics', 'psnr', '--qualities', '50'];
  const refused = await compare(...args);
  expect([refused.exit, await readFile(page, 'utf8')]).toEqual([14, '<title>mine</title>']);
  expect((await kept()).size).toBe(0);
  expect((await compare(...args, '--force')).exit).toBe(0);
  expect((await compare(...args)).exit).toBe(0); // an earlier report may go
});

test('--blind writes one page with pairs of equal bytes', async () => {
  await add('a.png', await toBuffer(photograph(128, 96), 'png'));
  await add('b.png', await toBuffer(photograph(96, 128), 'png'));
  const args = ['--codecs', 'mozjpeg,jpeg', '--qualities', '60', '--blind', 'blind', '--json'];
  const { exit, stdout } = await compare('images', ...args);
  expect(exit).toBe(0);
  const html = await readFile(join(folder, 'blind/blind.html'), 'utf8');
  expect(html).not.toMatch(/(?:src|href)="|url\(|@import|fetch\(/);
  const json = html.match(/<script type="application\/json" id="data">(.+)<\/script>/)![1]!;
  const { trials, images } = JSON.parse(json) as {
    trials: { name: string; candidates: { codec: string; bytes: number }[] }[];
    images: string[];
  };
  expect(trials.length).toBe(JSON.parse(stdout).comparisons);
  expect(trials.length).toBeGreaterThan(0);
  expect(images).toHaveLength(3 * trials.length);
  for (const { candidates } of trials) {
    expect(candidates.map(({ codec }) => codec)).toEqual(['mozjpeg', 'jpeg']);
    const sizes = candidates.map(({ bytes }) => bytes);
    expect(Math.max(...sizes) / Math.min(...sizes)).toBeLessThanOrEqual(1.02);
  }
  expect(await readdir(folder)).not.toContain('report');
});

test('too few points give no figure, and the report says why', async () => {
  await add('a.png', await toBuffer(photograph(96, 64), 'png'));
  const { exit, stdout } = await compare(
    ...['images', '--codecs', 'jpeg,webp', '--metrics', 'psnr', '--qualities', '10,50,90'],
  );
  expect([exit, stdout]).toEqual([
    0,
    expect.stringContaining('none: Expected at least 4 points for anchor but received 3'),
  ]);
  const html = await readFile(join(folder, 'report/index.html'), 'utf8');
  expect(html).toContain('Expected at least 4 points for anchor but received 3');
});

test('Ctrl-C keeps what is measured, and the same command goes on', async () => {
  await add('a.png', await toBuffer(photograph(512, 384), 'png'));
  const args = ['images', '--codecs', 'avif', '--metrics', 'psnr', '--qualities', '40-59'];
  const child = start(args);
  const ended = end(child);
  // The image itself is kept first.
  await vi.waitFor(async () => expect((await kept()).size).toBeGreaterThan(3), {
    timeout: 60_000,
    interval: 20,
  });
  child.kill('SIGINT');
  const { signal, stderr } = await ended;
  expect(signal).toBe('SIGINT');
  expect(stderr).toMatch(
    /Stopped with \d+ done and cached: the same command continues from there\.\n$/,
  );
  const before = await kept();
  expect(before.size).toBeLessThan(21);
  expect(await readdir(folder)).not.toContain('report');

  expect((await compare(...args)).exit).toBe(0);
  const after = await kept();
  for (const [file, time] of before) expect(after.get(file)).toBe(time);
  expect(await table()).toHaveLength(20);
});

test.skipIf(process.platform === 'win32')(
  'a metric whose tool is killed is measured next time, and not taken for a result',
  async () => {
    await add('a.png', await toBuffer(photograph(96, 64), 'png'));
    const bin = join(folder, 'home/bin');
    await mkdir(bin, { recursive: true });
    /** Puts a tool of this name first on the path, which does as it is told once it gets images. */
    const tool = (then: string) =>
      writeFile(join(bin, 'butteraugli_main'), `#!/bin/sh\n[ $# = 0 ] && exit 1\n${then}\n`, {
        mode: 0o755,
      });
    const args = ['images', '--codecs', 'jpeg', '--metrics', 'butteraugli', '--qualities', '50'];
    await tool('kill -INT $$'); // as Ctrl-C in a terminal does with all that run there
    const killed = await compare(...args);
    expect(killed.exit).toBe(4);
    expect(killed.stderr).toContain('butteraugli_main');
    await tool('echo 3-norm: 1.25');
    expect((await compare(...args)).exit).toBe(0);
    expect((await table())[0]!.butteraugli).toBe('1.25');
  },
);

test.each([
  ['an unknown codec', ['images', '--codecs', 'jpeg,png']],
  ['a codec twice', ['images', '--codecs', 'jpeg,jpeg']],
  ['a variant of a codec without any', ['images', '--codecs', 'jpeg:photo-6']],
  ['a blind comparison of one codec', ['images', '--codecs', 'jpeg', '--blind', 'blind']],
  ['an unknown metric', ['images', '--metrics', 'ssim']],
  ['a quality out of range', ['images', '--qualities', '10,101']],
  ['no image', []],
  ['a list twice', ['images', '--codecs', 'jpeg', '--codecs', 'webp']],
])('%s is a wrong command line', async (_, args) => {
  const { exit, stdout, stderr } = await compare(...args);
  expect([exit, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^nacre: [^\n]+\n$/);
});

test.each([
  ['a folder without images', ['images'], 4],
  ['a path that is not there', ['none'], 3],
  ['a model that is not there', ['a.png', '--codecs', 'nacre:none'], 10],
  ['anchors that are not there', ['a.png', '--anchors', 'none'], 3],
])('%s has its exit code', async (_, args, code) => {
  await writeFile(join(folder, 'a.png'), await toBuffer(photograph(32, 32), 'png'));
  const { exit, stderr } = await compare(...args, '--metrics', 'psnr');
  expect(exit).toBe(code);
  expect(stderr).toMatch(/^nacre: [^\n]+\n$/);
});
