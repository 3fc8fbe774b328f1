// The nacre command as a process: exit codes, what goes to stdout and what to stderr, and that no
// output is ever half written.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cp,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { RawImage } from '@nacre/codec';
import { DEFAULT_MODEL, readImage, toBuffer } from '@nacre/node';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { photograph } from './images.js';
import { jsonLines, NACRE, type Result, type RunOptions, runNacre } from './nacre-command.js';
import { TINY } from './runtimes.js';

const MODEL = ['--model', TINY];

// Up to seven processes a test, each half a second on an idle machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let root: string;
let folder: string;
let png: Uint8Array;
let ncr: Uint8Array;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nacre-cli-'));
  png = await toBuffer(photograph(70, 50), 'png');
  folder = root;
  const made = await nacre(['compress', '-', ...MODEL], { input: png });
  expect(made.stderr).toBe('');
  ncr = made.stdout;
});
afterAll(async () => {
  await rm(root, { recursive: true });
});
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'test-'));
  await writeFile(join(folder, 'a.png'), png);
  await writeFile(join(folder, 'a1.ncr'), ncr);
});

/** Runs the command in the test's folder. */
async function nacre(
  args: readonly string[],
  options: Omit<RunOptions, 'folder'> = {},
): Promise<Result> {
  return await runNacre(args, { folder, ...options });
}

/** The names in the test's folder, but for the two that each test begins with. */
async function written(): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name !== 'a.png' && name !== 'a1.ncr').sort();
}

/** What was printed with --json of a single file: exactly one object and nothing else. */
function json(result: Result): Record<string, unknown> {
  const [only, ...rest] = jsonLines(result);
  expect(rest).toEqual([]);
  return only!;
}

test('--version', async () => {
  expect((await nacre(['--version'])).stdout.toString()).toMatch(/^\d+\.\d+\.\d+\n$/);
});

describe('a wrong command line: exit code 2, one line on stderr, nothing on stdout', () => {
  test.each([
    ['no command', []],
    ['an unknown command', ['squeeze', 'a.png']],
    ['no input', ['compress']],
    ['two files to view', ['view', 'a1.ncr', 'a.png']],
    ['an unknown option', ['compress', 'a.png', '--turbo']],
    ['quality 0', ['compress', 'a.png', '-q', '0']],
    ['quality 101', ['compress', 'a.png', '-q', '101']],
    ['half a quality', ['compress', 'a.png', '-q', '5.5']],
    ['quality in words', ['compress', 'a.png', '-q', 'high']],
    ['an option twice', ['compress', 'a.png', '-o', 'b.ncr', '-o', 'c.ncr']],
    ['no threads', ['compress', 'a.png', '--threads', '0']],
    ['an unknown device', ['compress', 'a.png', '--device', 'tpu']],
    ['a device without a name', ['compress', 'a.png', '--device', '-']],
    ['one output for a folder', ['compress', '.', '-o', 'c.ncr']],
    ['one output for two inputs', ['compress', 'a.png', 'b.png', '-o', 'c.ncr']],
    ['an output and a folder', ['compress', 'a.png', '-o', 'c.ncr', '--out-dir', 'out']],
    ['no value for the output', ['compress', 'a.png', '-o']],
    ['no value for the quality', ['compress', 'a.png', '-q']],
    ['no value for the device', ['compress', 'a.png', '--device']],
    ['no value before another option', ['compress', 'a.png', '--model', '--json']],
    ['no value for the format', ['decompress', 'a1.ncr', '--format']],
    ['no value for the folder', ['compress', 'a.png', '--out-dir']],
    ['a part that is not one', ['compress', 'a.png', '--shard', '4/3']],
    ['no jobs', ['compress', 'a.png', '--jobs', '0']],
    ['a quality of PNG', ['decompress', 'a1.ncr', '-q', '80']],
    ['two results in one place', ['compress', 'a.png', 'a.jpg']],
    ['the output is the input', ['compress', 'a1.ncr']],
    ['stdout for two things', ['compress', 'a.png', '-o', '-', '--json']],
    [
      'a format that the name contradicts',
      ['decompress', 'a1.ncr', '-o', 'x.png', '--format', 'jpg'],
    ],
    ['an empty region', ['decompress', 'a1.ncr', '-o', 'x.png', '--region', '0,0,0,5']],
    ['a region of three numbers', ['decompress', 'a1.ncr', '-o', 'x.png', '--region', '1,1,4']],
    [
      'a region beyond the image',
      ['decompress', 'a1.ncr', '-o', 'x.png', '--region', '60,0,11,5', ...MODEL],
    ],
    ['a quality and a target', ['compress', 'a.png', '-q', '50', '--target-size', '1kB']],
    ['two targets', ['compress', 'a.png', '--target-psnr', '30', '--target-size', '1kB']],
    ['a size of no unit', ['compress', 'a.png', '--target-size', '10 potatoes']],
    ['a size in K', ['compress', 'a.png', '--target-size', '100K']],
    ['a size of nothing', ['compress', 'a.png', '--target-size', '0.1B']],
    ['a PSNR out of range', ['compress', 'a.png', '--target-psnr', '0']],
  ])('%s', async (_, args) => {
    const { exit, stdout, stderr } = await nacre(args);
    expect(stderr).toMatch(/^nacre: [^\n]+\n$/);
    expect(stderr).not.toMatch(/\0|\\u0000/);
    expect(exit).toBe(2);
    if (!args.includes('--json')) expect(stdout).toHaveLength(0);
    expect(await written()).toEqual([]);
  });

  test.each(['--json', '--json=true'])('with %s, an object on stdout besides', async (flag) => {
    const result = await nacre(['compress', 'a.png', '--turbo', flag]);
    expect(json(result)).toMatchObject({ exitCode: 2, error: { code: 'USAGE' } });
  });

  test('the output is the input by another name', async () => {
    await symlink('a.png', join(folder, 'link.ncr'));
    const { exit, stderr } = await nacre(['compress', 'a.png', '-o', 'link.ncr', '-f', ...MODEL]);
    expect(stderr).toContain('is an input');
    expect(exit).toBe(2);
    expect(await readFile(join(folder, 'a.png'))).toEqual(Buffer.from(png));
  });
});

describe('compress and decompress', () => {
  test('a target size is kept, and one that cannot be is an error', async () => {
    const made = await nacre([
      'compress',
      'a.png',
      '-o',
      'b.ncr',
      '--target-size',
      '0.4kB',
      '--json',
      ...MODEL,
    ]);
    const file = json(made);
    expect((await stat(join(folder, 'b.ncr'))).size).toBe(file.byteLength);
    expect(file.byteLength).toBeLessThanOrEqual(400);
    expect(file.quality).toBeGreaterThan(0);
    const none = await nacre(['compress', 'a.png', '-o', 'c.ncr', '--target-size', '40', ...MODEL]);
    expect(none.exit).toBe(17);
    expect(none.stderr).toMatch(/takes \d+ bytes at the lowest quality and may take 40: /);
  });

  test('a file far below the target size is reported, and a PSNR out of reach is an error', async () => {
    const large = await nacre([
      'compress',
      'a.png',
      '-o',
      'b.ncr',
      '--target-size',
      '1MB',
      ...MODEL,
    ]);
    expect(large.stderr).toMatch(/Quality 100 takes no more than \d+ bytes/);
    const good = await nacre(['compress', 'a.png', '-o', 'c.ncr', '--target-psnr', '99', ...MODEL]);
    expect(good.stderr).toMatch(/Quality 100 reaches no more than [\d.]+ dB/);
    expect([large.exit, good.exit]).toEqual([0, 17]);
  });

  test('a region is that part of the image', async () => {
    await nacre(['decompress', 'a1.ncr', '-o', 'whole.png', ...MODEL]);
    const part = await nacre([
      'decompress',
      'a1.ncr',
      '-o',
      'part.png',
      '--region',
      '9,8,40,2',
      '--json',
      ...MODEL,
    ]);
    expect(json(part)).toMatchObject({ width: 40, height: 2 });
    const [whole, region] = await Promise.all(
      ['whole.png', 'part.png'].map((name) => readImage(join(folder, name))),
    );
    expect([region!.width, region!.height]).toEqual([40, 2]);
    const start = 3 * (70 * 9 + 9);
    expect(region!.data.subarray(120)).toEqual(whole!.data.subarray(start, start + 120));
  });

  test('a preview is an eighth as wide and high', async () => {
    await nacre(['decompress', 'a1.ncr', '-o', 'eighth.png', '--scale', '1/8', ...MODEL]);
    const preview = await readImage(join(folder, 'eighth.png'));
    expect([preview.width, preview.height]).toEqual([9, 7]);
    await nacre(['decompress', 'a1.ncr', '-o', 'full.png', '--scale', '1', ...MODEL]);
    const full = await readImage(join(folder, 'full.png'));
    expect([full.width, full.height]).toEqual([70, 50]);
    const wrong = await nacre(['decompress', 'a1.ncr', '-o', 'x.png', '--scale', '1/4', ...MODEL]);
    expect(wrong.exit).toBe(2);
    expect(wrong.stderr).toContain('1/8');
  });

  test('there and back, with one line each', async () => {
    const made = await nacre(['compress', 'a.png', '-q', '50', ...MODEL]);
    expect(made.stdout.toString()).toMatch(
      /^a\.png → a\.ncr {2}70×50, \d+ → \d+ bytes \(−\d+ %\), \d+\.\d+ bpp\n$/,
    );
    expect([made.exit, made.stderr]).toEqual([0, '']);
    expect(await readFile(join(folder, 'a.ncr'))).toEqual(Buffer.from(ncr));
    for (const format of ['png', 'jpg', 'webp', 'avif']) {
      const back = await nacre(['decompress', 'a.ncr', '-o', `b.${format}`, ...MODEL]);
      expect([back.exit, back.stderr]).toEqual([0, '']);
      const { width, height } = await readImage(join(folder, `b.${format}`));
      expect([width, height]).toEqual([70, 50]);
    }
    expect(await written()).toEqual(['a.ncr', 'b.avif', 'b.jpg', 'b.png', 'b.webp']);
  });

  test('from stdin to stdout, nothing but the file on stdout', async () => {
    const { exit, stdout, stderr } = await nacre(['decompress', '-', '-o', '-', ...MODEL], {
      input: ncr,
    });
    expect([exit, stderr]).toEqual([0, '']);
    const { width, height } = await readImage(stdout);
    expect([width, height]).toEqual([70, 50]);
    const webp = await nacre(['decompress', '-', '--format', 'webp', ...MODEL], { input: ncr });
    expect(webp.stdout.toString('latin1', 8, 12)).toBe('WEBP');
  });

  test('an output that exists is kept unless --force is given', async () => {
    await writeFile(join(folder, 'a.ncr'), 'mine');
    const refused = await nacre(['compress', 'a.png', ...MODEL]);
    expect(refused.exit).toBe(14);
    expect(refused.stderr).toMatch(/^nacre: a\.png: a\.ncr exists: .*--force.*\n$/);
    expect(await readFile(join(folder, 'a.ncr'), 'utf8')).toBe('mine');
    expect((await nacre(['compress', 'a.png', '--force', ...MODEL])).exit).toBe(0);
    expect(await readFile(join(folder, 'a.ncr'))).toEqual(Buffer.from(ncr));
    expect(await written()).toEqual(['a.ncr']);
  });

  test('a batch: one bad input does not stop the rest, and gives its exit code', async () => {
    await writeFile(join(folder, 'b.png'), png.subarray(0, png.length / 2));
    await writeFile(join(folder, 'c.txt'), 'no image');
    await writeFile(join(folder, 'd.png'), png);
    const args = ['a.png', 'b.png', 'c.txt', 'd.png', '--out-dir', 'new/out', '--json'];
    const result = await nacre(['compress', ...args, ...MODEL]);
    expect([4, 5]).toContain(result.exit);
    expect(await readdir(join(folder, 'new/out'))).toEqual(['a.ncr', 'd.ncr']);
    const files = jsonLines(result);
    expect(files.map(({ input }) => input).sort()).toEqual(args.slice(0, 4));
    const of = (name: string) => files.find(({ input }) => input === name);
    expect(of('a.png')).toMatchObject({
      command: 'compress',
      status: 'done',
      exitCode: 0,
      model: 'tiny',
      device: 'cpu',
      output: join('new/out', 'a.ncr'),
      width: 70,
      height: 50,
      quality: 50,
      inputByteLength: png.length,
      byteLength: ncr.length,
      bpp: (8 * ncr.length) / 3500,
      notices: [],
    });
    const failed = { status: 'failed', command: 'compress', output: join('new/out', 'b.ncr') };
    expect(of('b.png')).toMatchObject({
      ...failed,
      exitCode: 5,
      error: { code: 'TRUNCATED_IMAGE' },
    });
    expect(of('c.txt')).toMatchObject({ exitCode: 4, error: { code: 'NOT_AN_IMAGE' } });
    const said = result.stderr.split('\n').map((line) => line.split(': ')[1]);
    expect(said.slice(0, 2).sort()).toEqual(['b.png', 'c.txt']);
    expect(said[2]).toMatch(/^Compressed 2 files$/);
    const back = await nacre(['decompress', 'new/out/a.ncr', 'new/out/d.ncr', ...MODEL]);
    expect(back.exit).toBe(0);
    expect(await readdir(join(folder, 'new/out'))).toEqual(['a.ncr', 'a.png', 'd.ncr', 'd.png']);
  });

  test('what is converted is said on stderr and in the JSON', async () => {
    await writeFile(
      join(folder, 'a.svg'),
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    );

    const result = await nacre(['compress', 'a.svg', '--json', ...MODEL]);
    const notices = json(result).notices as string[];
    expect(notices).toEqual(['Drew the vector image at its nominal size.']);
    expect(result.stderr).toBe(notices.map((notice) => `nacre: a.svg: ${notice}\n`).join(''));
  });
});

describe('transparency and metadata', () => {
  const alphaOf = ({ data }: RawImage) => Buffer.from(data.filter((_, i) => i % 4 === 3));
  let image: RawImage;
  beforeEach(async () => {
    const { width, height, data: rgb } = photograph(40, 30);
    const data = new Uint8Array(4 * width * height).map((_, i) =>
      i % 4 === 3 ? Math.min(255, i >> 3) : rgb[3 * (i >> 2) + (i % 4)]!,
    );
    const exif = Uint8Array.of(0x49, 0x49, 42, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    const xmp = new Uint8Array(Buffer.from('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'));
    image = { width, height, channels: 4, data, metadata: { exif, xmp } };
    await writeFile(join(folder, 't.png'), await toBuffer(image, 'png'));
  });

  test('go through, and info says so', async () => {
    expect((await nacre(['compress', 't.png', ...MODEL])).stderr).toBe('');
    await nacre(['decompress', 't.ncr', '-o', 'back.png', ...MODEL]);
    const back = await readImage(join(folder, 'back.png'));
    expect(alphaOf(back)).toEqual(alphaOf(image));
    expect(back).toMatchObject({ metadata: image.metadata });
    const info = (await nacre(['info', 't.ncr'])).stdout.toString();
    expect(info).toContain('40×30, colour with alpha\n');
    for (const type of ['TILE', 'Alph', 'exif', 'xmpp'])
      expect(info).toContain(`section   ${type} `);
  });

  test('--strip drops the metadata, in either direction', async () => {
    await nacre(['compress', 't.png', ...MODEL]);
    await nacre(['decompress', 't.ncr', '-o', 'stripped.png', '--strip', ...MODEL]);
    await nacre(['compress', 't.png', '-o', 's.ncr', '--strip', ...MODEL]);
    await nacre(['decompress', 's.ncr', ...MODEL]);
    for (const name of ['stripped.png', 's.png']) {
      const { channels, metadata } = await readImage(join(folder, name));
      expect([channels, metadata]).toEqual([4, {}]);
    }
  });

  test('--keep-profile keeps the profile', async () => {
    const tagged = await sharp(await toBuffer(image, 'png'))
      .withIccProfile('p3')
      .png()
      .toBuffer();
    await writeFile(join(folder, 'p3.png'), tagged);
    expect((await nacre(['compress', 'p3.png', '--keep-profile', ...MODEL])).stderr).toBe('');
    await nacre(['decompress', 'p3.ncr', '-o', 'back.webp', ...MODEL]);
    const { metadata } = await readImage(join(folder, 'back.webp'), { keepProfile: true });
    expect(metadata?.icc).toEqual(new Uint8Array((await sharp(tagged).metadata()).icc!));
  });

  test('a JPEG has none of the transparency, and says so', async () => {
    await nacre(['compress', 't.png', ...MODEL]);
    const { stderr, exit } = await nacre(['decompress', 't.ncr', '-o', 'back.jpg', ...MODEL]);
    expect([stderr, exit]).toEqual([
      'nacre: t.ncr: Composited the transparency over white, as JPEG has none.\n',
      0,
    ]);
  });
});

describe('failures have their own exit codes and leave nothing behind', () => {
  test('3: a missing input, a folder, a place that is not there', async () => {
    await mkdir(join(folder, 'sub'));
    const cases: readonly [text: string, args: readonly string[]][] = [
      ['none.png: There is no such file', ['none.png']],
      ['a.png: none: There is no such file or folder', ['a.png', '-o', 'none/b.ncr']],
      ['a.png: a.png/b.ncr: A part of this path is a file', ['a.png', '-o', 'a.png/b.ncr']],
      ['a.png: A file of this name is in the way', ['a.png', '--out-dir', 'a.png']],
    ];
    for (const [text, args] of cases) {
      const { exit, stdout, stderr } = await nacre(['compress', ...args, ...MODEL]);
      expect(stderr).toMatch(/^nacre: [^\n]+: [^\n]+\.\n$/);
      expect(stderr).toContain(`nacre: ${text}`);
      expect([exit, stdout.length]).toEqual([3, 0]);
    }
    expect(await written()).toEqual(['sub']);
  });

  test('6: an image that the output format cannot hold, before it is decoded', async () => {
    await writeFile(join(folder, 'w.png'), await toBuffer(photograph(20_000, 1), 'png'));
    expect((await nacre(['compress', 'w.png', ...MODEL])).exit).toBe(0);
    const { exit, stderr } = await nacre(['decompress', 'w.ncr', '-o', 'w.webp', ...MODEL]);
    expect(stderr).toContain('16383');
    expect(exit).toBe(6);
  });

  test('9: --partial writes what is whole of a damaged file, and says so', async () => {
    const wide = await toBuffer(photograph(1100, 20), 'png');
    const bytes = (await nacre(['compress', '-', ...MODEL], { input: wide })).stdout;
    const cut = bytes.subarray(0, -1);
    await writeFile(join(folder, 'cut.ncr'), cut);
    const args = ['decompress', 'cut.ncr', '--json', ...MODEL];
    expect([(await nacre(args)).exit, await written()]).toEqual([9, ['cut.ncr']]);
    const result = await nacre([...args, '--partial']);
    expect(result.exit).toBe(9);
    expect(result.stderr).toBe(
      'nacre: cut.ncr: The image lacks 1 damaged tile, grey or opaque: get a good copy of the file.\n',
    );
    const damaged = [{ left: 1024, top: 0, width: 76, height: 20 }];
    expect(json(result)).toMatchObject({ output: 'cut.png', width: 1100, damaged });
    const { data } = await readImage(join(folder, 'cut.png'));
    expect(data.subarray(3 * 1024, 3 * 1100).every((value) => value === 128)).toBe(true);
    expect(data.subarray(0, 3 * 900).every((value) => value === 128)).toBe(false);

    await writeFile(join(folder, 'whole.ncr'), bytes);
    const whole = await nacre(['decompress', 'whole.ncr', '--partial', '--json', ...MODEL]);
    expect(whole.exit).toBe(0);
    expect(json(whole)).toMatchObject({ damaged: [], missing: [] });
  });

  test.each([
    [7, 'not a .ncr file', () => png],
    [8, 'a later version', () => Uint8Array.from(ncr, (byte, i) => (i === 4 ? 2 : byte))],
    [9, 'cut off', () => ncr.subarray(0, ncr.length - 1)],
    [9, 'changed', () => Uint8Array.from(ncr, (byte, i) => (i === 60 ? byte ^ 4 : byte))],
    [9, 'with something behind it', () => Uint8Array.from([...ncr, 0])],
  ])('%i: %s', async (code, _, make) => {
    await writeFile(join(folder, 'bad.ncr'), make());
    const result = await nacre(['decompress', 'bad.ncr', '-o', 'bad.png', ...MODEL]);
    expect(result.stderr).toMatch(/^nacre: bad\.ncr: [^\n]+: [^\n]+\.\n$/);
    expect([result.exit, result.stdout.length]).toEqual([code, 0]);
    expect(await written()).toEqual(['bad.ncr']);
    expect((await nacre(['info', 'bad.ncr'])).exit).toBe(code);
  });

  test('10, 11, 12: no such model, another model, a damaged model', async () => {
    const dash = await nacre(['compress', 'a.png', '--model', '-']);
    expect(dash.stderr).toContain('no model -:');
    const missing = await nacre(['compress', 'a.png', '--model', 'nope', '--json']);
    expect(missing.exit).toBe(10);
    expect(json(missing)).toMatchObject({ exitCode: 10, error: { code: 'MODEL_MISSING' } });
    expect((await nacre(['decompress', 'a1.ncr', '-o', 'b.png'])).exit).toBe(10);

    await cp(TINY, join(folder, 'other'), { recursive: true });
    const description = join(folder, 'other/model.json');
    const { bitstream, ...rest } = JSON.parse(await readFile(description, 'utf8'));
    await writeFile(description, JSON.stringify({ bitstream: { ...bitstream, note: 1 }, ...rest }));
    const other = ['--model', './other'];
    expect((await nacre(['decompress', 'a1.ncr', '-o', 'b.png', ...other])).exit).toBe(11);

    await writeFile(join(folder, 'other', bitstream.graphs.scales.file), 'changed');
    const damaged = await nacre(['compress', 'a.png', ...other]);
    expect(damaged.exit).toBe(12);
    expect(damaged.stderr).toContain(bitstream.graphs.scales.file);
    expect(await written()).toEqual(['other']);
  });

  test('15: an extension that says no format, before anything else is looked at', async () => {
    expect((await nacre(['compress', 'none.png', '-o', 'b.png'])).exit).toBe(15);
    expect((await nacre(['decompress', 'none.ncr', '-o', 'b.bmp'])).exit).toBe(15);
  });
});

describe('info and models', () => {
  test('info says what is in a file, without its model', async () => {
    const lines = await nacre(['info', 'a1.ncr']);
    expect([lines.exit, lines.stderr]).toEqual([0, '']);
    expect(lines.stdout.toString()).toContain('70×50');
    expect(json(await nacre(['info', '-', '--json'], { input: ncr }))).toMatchObject({
      command: 'info',
      exitCode: 0,
      width: 70,
      height: 50,
      level: 49,
      byteLength: ncr.length,
      modelHash: Buffer.from(ncr.subarray(12, 20)).toString('hex'),
      sections: [{ type: 'TILE' }],
      tiles: [{ left: 0, top: 0, width: 70, height: 50 }],
    });
  });

  test('models lists what is installed', async () => {
    const { models } = json(await nacre(['models', '--json']));
    expect(Array.isArray(models)).toBe(true);
    expect((await nacre(['models'])).exit).toBe(0);
  });
});

describe('view', () => {
  beforeAll(async () => {
    const { build } = await import('vite');
    const configFile = fileURLToPath(new URL('../packages/viewer/vite.config.ts', import.meta.url));
    await build({ configFile, logLevel: 'error', build: { reportCompressedSize: false } });
  });

  /** Runs the command until the work is done, then interrupts it; gives how it ended. */
  async function viewing(args: readonly string[], work: (address: URL) => Promise<void>) {
    const child = spawn(process.execPath, [NACRE, 'view', '--no-open', ...args], { cwd: folder });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const ended = new Promise((done) => {
      child.on('close', (exit, signal) => done({ exit, signal }));
    });
    try {
      const [line] = await Promise.race([once(child.stdout, 'data'), ended.then(() => [''])]);
      await work(new URL(String(line).trim()));
    } finally {
      child.kill('SIGINT');
    }
    return { end: await ended, stderr };
  }

  /** What the server says to a request as it stands, which fetch would tidy up. */
  function raw(address: URL, path: string, headers: Record<string, string> = {}, method = 'GET') {
    const { hostname, port } = address;
    return new Promise<{ status: number; headers: IncomingHttpHeaders; body: Buffer }>(
      (done, failed) => {
        const options = { hostname, port, path, method, headers, agent: false };
        request(options, async (response) => {
          const chunks: Buffer[] = [];
          for await (const chunk of response) chunks.push(chunk as Buffer);
          const { statusCode: status = 0, headers } = response;
          done({ status, headers, body: Buffer.concat(chunks) });
        })
          .on('error', failed)
          .end();
      },
    );
  }

  test('serves the page and the file with the headers that threads need, until Ctrl-C', async () => {
    await writeFile(join(folder, 'a b#ä.ncr'), ncr);
    const { end, stderr } = await viewing(['a b#ä.ncr'], async (address) => {
      const page = await raw(address, address.pathname + address.search);
      expect(page.status).toBe(200);
      expect(page.body.toString()).toContain('<title>Nacre viewer</title>');
      // The page resolves src against its own address, as here.
      const src = new URL(address.searchParams.get('src')!, address);
      const file = await raw(address, src.pathname);
      expect([file.status, file.body]).toEqual([200, Buffer.from(ncr)]);
      const model = await raw(address, `/models/${DEFAULT_MODEL}/model.json`);
      expect(model.headers['content-type']).toBe('application/json');
      for (const { headers } of [page, file, model]) {
        expect(headers).toMatchObject({
          'cross-origin-opener-policy': 'same-origin',
          'cross-origin-embedder-policy': 'require-corp',
        });
      }
    });
    expect({ end, stderr }).toEqual({
      end: { exit: 0, signal: null },
      stderr: 'nacre: Press Ctrl-C to end.\n',
    });
  });

  test('gives nothing else of the disk, and nothing to pages elsewhere', async () => {
    await viewing(['a1.ncr'], async (address) => {
      for (const path of [
        '/../package.json',
        '/..%2fpackage.json',
        '/%2e%2e/package.json',
        '/assets/../../package.json',
        '/file/a.png',
        '/file/..%2fa.png',
        '/file/',
        '//etc/passwd',
        '/%',
      ]) {
        expect((await raw(address, path)).status, path).toBe(404);
      }
      expect((await raw(address, '/file/a1.ncr', { Host: 'example.org' })).status).toBe(403);
      expect((await raw(address, '/', {}, 'POST')).status).toBe(405);
      expect(address.hostname).toBe('127.0.0.1');
    });
  });

  test('two at once have two addresses', async () => {
    await viewing([], async (first) => {
      await viewing([], async (second) => {
        expect(second.port).not.toBe(first.port);
        expect((await raw(second, '/')).status).toBe(200);
      });
    });
  });

  test('a file that is not there is exit code 3', async () => {
    const { exit, stderr } = await nacre(['view', '--no-open', 'none.ncr']);
    expect([exit, stderr]).toEqual([
      3,
      expect.stringMatching(/^nacre: .*none\.ncr.*check the name\.\n$/),
    ]);
  });
});

test.skipIf(process.platform === 'win32')(
  'an interrupt leaves no part of a file behind',
  async () => {
    // A process that interrupts itself as soon as a file is being written.
    const files = fileURLToPath(new URL('../packages/cli/dist/files.js', import.meta.url));
    const program = `
    import { readdirSync } from 'node:fs';
    import { writeOutput } from ${JSON.stringify(pathToFileURL(files).href)};
    const timer = setInterval(() => {
      if (!readdirSync('.').some((name) => name.startsWith('.nacre-'))) return;
      clearInterval(timer);
      process.kill(process.pid, 'SIGTERM');
    });
    await writeOutput('big.ncr', new Uint8Array(1e8), false);
    setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { cwd: folder });
    const signal = await new Promise((done) => {
      child.on('close', (_, by) => done(by));
    });
    expect(signal).toBe('SIGTERM');
    expect(await written()).toEqual(['big.ncr']);
  },
);

describe('output that cannot be written is one line, and exit code 3', () => {
  test('a reader that goes away', async () => {
    for (const args of [
      ['compress', '-', ...MODEL],
      ['--help'],
      ['info', 'a1.ncr'],
      ['models', '--json'],
    ]) {
      const { exit, stderr } = await nacre(args, { input: png, closeStdout: true });
      expect(stderr).toBe('nacre: stdout: The program that reads from the pipe has ended.\n');
      expect(exit).toBe(3);
    }
  });

  test.skipIf(process.platform !== 'linux')('a full disk', async () => {
    const full = await open('/dev/full', 'w');
    try {
      for (const args of [
        ['compress', '-', ...MODEL],
        ['--help'],
        ['info', 'a1.ncr'],
        ['models', '--json'],
      ]) {
        const { exit, stderr } = await nacre(args, { input: png, stdout: full.fd });
        expect(stderr).toBe('nacre: stdout: The disk is full: free some space.\n');
        expect(exit).toBe(3);
      }
    } finally {
      await full.close();
    }
  });

  test.skipIf(process.platform !== 'linux')('a folder that cannot be made', async () => {
    for (const [command, option] of [
      ['compress', '--out-dir'],
      ['compare', '--out'],
    ] as const) {
      const { exit, stderr } = await nacre([command, 'a.png', option, '/proc/nacre/x']);
      expect(stderr).toBe(
        'nacre: /proc/nacre: No folder can be created here: choose another place.\n',
      );
      expect(exit).toBe(3);
    }
  });
});

test('arguments behind -- are files, whatever they begin with', async () => {
  await writeFile(join(folder, '-x.png'), png);
  expect((await nacre(['compress', ...MODEL, '--', '-x.png'])).exit).toBe(0);
  expect((await nacre(['info', '--', '-x.ncr'])).exit).toBe(0);
  expect((await nacre(['decompress', ...MODEL, '-o', 'y.png', '--', '-x.ncr'])).exit).toBe(0);
});

test('a damaged image is refused, or taken as far as it goes', async () => {
  const jpeg = Buffer.from(await toBuffer(photograph(200, 200), 'jpg'));
  const half = Buffer.concat([jpeg.subarray(0, jpeg.length / 2), Buffer.of(0xff, 0xd9)]);
  await writeFile(join(folder, 'half.jpg'), half);
  const refused = await nacre(['compress', 'half.jpg', ...MODEL]);
  expect([refused.exit, await written()]).toEqual([5, ['half.jpg']]);
  expect(refused.stderr).toMatch(/^nacre: half\.jpg: .*damaged.*\(--allow-damaged\)\.\n$/);
  const taken = await nacre(['compress', 'half.jpg', '--allow-damaged', ...MODEL]);
  expect([taken.exit, taken.stderr]).toEqual([
    0,
    'nacre: half.jpg: Took what is there of a damaged file.\n',
  ]);
});

test('more pixels than allowed', async () => {
  const { exit } = await nacre(['compress', 'a.png', '--max-pixels', '3499', ...MODEL]);
  expect(exit).toBe(6);
  expect((await nacre(['decompress', 'a1.ncr', '--max-pixels', '3499', ...MODEL])).exit).toBe(6);
});

test('the quality of lossy images', async () => {
  const size = async (quality: string): Promise<number> => {
    const args = ['decompress', 'a1.ncr', '-o', '-', '--format', 'jpg', '-q', quality, ...MODEL];
    return (await nacre(args)).stdout.length;
  };
  expect(await size('95')).toBeGreaterThan(1.5 * (await size('30')));
});

test('--verbose says where the time goes', async () => {
  const { stderr } = await nacre(['compress', 'a.png', '--verbose', ...MODEL]);
  expect(stderr).toMatch(/^nacre: a\.png: read in \d+ ms, converted in \d+ ms, written in \d+ ms/m);
});

test('devices says what works, and what to do about the others', async () => {
  const lines = await nacre(['devices']);
  expect([lines.exit, lines.stdout.toString().split('\n')[0]]).toEqual([
    0,
    expect.stringMatching(/^cpu +works/),
  ]);
  const [{ devices }] = jsonLines(await nacre(['devices', '--json'])) as [
    { devices: { device: string; works: boolean; reason?: string; enable: string[] }[] },
  ];
  expect(devices.map(({ device }) => device)).toEqual(['cpu', 'cuda', 'webgpu']);
  for (const { works, reason, enable } of devices) {
    expect([works, reason === undefined, enable.length === 0]).toEqual([works, works, works]);
  }
});

test('stdout is not where the file goes when stdout is only asked for JSON', async () => {
  const result = await nacre(['decompress', 'a1.ncr', '--json', ...MODEL]);
  expect(json(result)).toMatchObject({ output: 'a1.png', format: 'png', model: 'tiny' });
  expect((await stat(join(folder, 'a1.png'))).size).toBeGreaterThan(100);
});
