// JPEG XL and HEIC: read by another program where there is one, and otherwise said what to install. Here shell
// scripts stand for the programs.

import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readImage } from './read-image.js';

const JXL = Buffer.from('\xff\x0aetc', 'latin1');
const JXL_BOXES = Buffer.from('\0\0\0\x0cJXL \r\n\x87\n', 'latin1');
const HEIC = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1');
const HEIC_GENERIC = Buffer.from('\0\0\0\x18ftypmif1\0\0\0\0mif1heic', 'latin1');

let folder: string;
let path: string | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nacre-tools-'));
  path = process.env.PATH;
  process.env.PATH = folder;
});
afterEach(async () => {
  process.env.PATH = path;
  await rm(folder, { recursive: true });
});

describe('without any program', () => {
  test.each([
    ['JPEG XL', JXL, /is a JPEG XL image, .*: install djxl \(apt-get install libjxl-tools/],
    ['JPEG XL in boxes', JXL_BOXES, /install djxl/],
    ['HEIC', HEIC, /is a HEIC image, .*: install heif-convert \(apt-get install libheif-examples/],
    ['HEIC of a generic brand', HEIC_GENERIC, /install heif-convert/],
  ])('%s', async (_, file, message) => {
    await expect(readImage(file)).rejects.toMatchObject({
      code: 'NOT_AN_IMAGE',
      message: expect.stringMatching(message),
    });
  });
});

describe.skipIf(process.platform === 'win32')('with one', () => {
  const tool = async (name: string, script: string): Promise<void> => {
    await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, name), 0o755);
    process.env.PATH = `${folder}${delimiter}${path}`;
  };
  beforeEach(async () => {
    const png = sharp({ create: { width: 7, height: 5, channels: 3, background: 'red' } }).png();
    await png.toFile(join(folder, 'red.png'));
  });

  test.each([
    ['djxl', JXL],
    ['heif-dec', HEIC],
  ])('%s', async (name, file) => {
    await tool(name, `cp ${folder}/red.png "$2"`);
    const { width, height, data } = await readImage(file);
    expect([width, height, ...data.subarray(0, 3)]).toEqual([7, 5, 255, 0, 0]);
  });

  test('whose EXIF repeats the orientation that it has applied', async () => {
    await sharp(join(folder, 'red.png'))
      .withMetadata({ orientation: 6 })
      .toFile(join(folder, 'exif.png'));
    await tool('heif-dec', `cp ${folder}/exif.png "$2"`);
    const notices: string[] = [];
    const { width, height } = await readImage(HEIC, { onNotice: (notice) => notices.push(notice) });
    expect([width, height, notices]).toEqual([7, 5, []]);
  });

  test('that refuses the file', async () => {
    await tool('djxl', 'echo "Decoder failed" >&2; exit 1');
    await expect(readImage(JXL)).rejects.toMatchObject({
      code: 'TRUNCATED_IMAGE',
      message: expect.stringContaining('(djxl: Decoder failed)'),
    });
  });

  test('that writes nothing', async () => {
    await tool('djxl', 'exit 0');
    await expect(readImage(JXL)).rejects.toMatchObject({ code: 'TRUNCATED_IMAGE' });
  });

  test('a real JPEG XL file, where djxl is installed', async (context) => {
    process.env.PATH = path;
    const file = await readFile(new URL('../testing/photo.jxl', import.meta.url));
    const notices: string[] = [];
    const onNotice = (notice: string) => notices.push(notice);
    const image = await readImage(file, { onNotice }).catch((error: Error) => error);
    if (image instanceof Error) {
      console.warn(`Not tested here: ${image.message}`);
      return context.skip();
    }
    expect([image.width, image.height, image.channels]).toEqual([48, 64, 3]);
    expect(Buffer.from(image.metadata!.xmp!).toString()).toContain('x:xmpmeta');
  });
});
