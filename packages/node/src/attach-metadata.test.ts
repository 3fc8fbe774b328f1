// ICC, EXIF and XMP come out of every image format as they were put in, and go through .ncr files so.

import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { upright, withoutPrefix } from './exif.js';
import { decode, encode, loadModel, readImage, toBuffer } from './index.js';

const TINY = fileURLToPath(new URL('../../../test/fixtures/tiny', import.meta.url));

/** EXIF as no library would write it: big-endian, tags out of order, an orientation, odd bytes at its end. */
function exifOf(orientation: number, length = 61): Uint8Array {
  const bytes = Buffer.alloc(length, 0xa7);
  bytes.write('MM\0*', 'latin1');
  bytes.writeUInt32BE(8, 4);
  bytes.writeUInt16BE(2, 8);
  bytes.set([0x01, 0x31, 0, 2, 0, 0, 0, 4, 0x4e, 0x63, 0x72, 0], 10); // Software: "Ncr"
  bytes.set([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0], 22);
  bytes.writeUInt32BE(0, 34);
  return new Uint8Array(bytes);
}

const xmp = new Uint8Array(
  Buffer.from(
    '<?xpacket begin="\ufeff"?><x:xmpmeta xmlns:x="adobe:ns:meta/"/><?xpacket end="w"?>\n\n',
  ),
);

/** A Display P3 profile, with more bytes at its end so that a JPEG needs several segments. */
async function profile(): Promise<Uint8Array> {
  const create = { width: 1, height: 1, channels: 3 as const, background: 'red' };
  const { icc } = await sharp(
    await sharp({ create }).withIccProfile('p3').png().toBuffer(),
  ).metadata();
  return new Uint8Array(icc!);
}

const data = Uint8Array.from({ length: 4 * 20 * 10 }, (_, i) => (i * 7) & 255);
const opaque = { width: 20, height: 10, channels: 3 as const, data: data.subarray(0, 600) };
const transparent = { width: 20, height: 10, channels: 4 as const, data };

describe.each(['png', 'jpg', 'webp'] as const)('%s', (format) => {
  test.each([
    ['opaque', opaque],
    ['transparent', transparent],
  ])('%s: all three to the byte, and the same pixels', async (_, image) => {
    const metadata = { icc: await profile(), exif: exifOf(1), xmp };
    const file = await toBuffer({ ...image, metadata }, format);
    const read = await readImage(file, { keepProfile: true });
    expect(read.metadata).toEqual(metadata);
    const plain = await readImage(await toBuffer(image, format));
    expect([read.channels, read.data]).toEqual([plain.channels, plain.data]);
    const again = await readImage(await toBuffer(read, format), { keepProfile: true });
    expect(again.metadata?.exif).toEqual(metadata.exif);
  });

  test('each one alone', async () => {
    for (const metadata of [{ icc: await profile() }, { exif: exifOf(1, 60) }, { xmp }]) {
      const file = await toBuffer({ ...opaque, metadata }, format);
      expect((await readImage(file, { keepProfile: true })).metadata).toEqual(metadata);
    }
  });
});

test('avif: ICC and XMP to the byte', async () => {
  const metadata = { icc: await profile(), exif: exifOf(1), xmp };
  const file = await toBuffer({ ...transparent, metadata }, 'avif');
  const read = await readImage(file, { keepProfile: true });
  expect(read.channels).toBe(4);
  expect(read.metadata).toMatchObject({ icc: metadata.icc, xmp });
  expect(read.metadata?.exif).toBeDefined();
});

test('a JPEG holds large profiles in parts, and says what it cannot hold', async () => {
  const icc = new Uint8Array(200_000).fill(7);
  icc.set(await profile());
  const file = await toBuffer({ ...opaque, metadata: { icc } }, 'jpg');
  expect((await sharp(file).metadata()).icc?.equals(icc)).toBe(true);
  const notices: string[] = [];
  const onNotice = (notice: string) => notices.push(notice);
  const large = { ...opaque, metadata: { exif: exifOf(1, 70_000), xmp } };
  const read = await readImage(await toBuffer(large, 'jpg', { onNotice }));
  expect(read.metadata).toEqual({ xmp });
  expect(notices).toEqual(['Dropped the EXIF: it is larger than 64 kB, which a JPEG cannot hold.']);
});

describe('through a .ncr file', () => {
  test('all of it is kept by default, and none of it if stripped', async () => {
    const model = await loadModel({ model: TINY });
    const metadata = { icc: await profile(), exif: exifOf(1), xmp };
    const png = await toBuffer({ ...transparent, metadata }, 'png');
    const kept = await decode(await encode(png, { model, keepProfile: true }), { model });
    expect(kept.metadata).toEqual(metadata);
    const converted = await decode(await encode(png, { model }), { model });
    expect(converted.metadata).toEqual({ exif: metadata.exif, xmp });
    for (const source of [png, { ...transparent, metadata }]) {
      const stripped = await decode(await encode(source, { model, strip: true }), { model });
      expect(stripped.metadata).not.toHaveProperty('exif');
      expect(stripped.metadata).not.toHaveProperty('xmp');
    }
    const alpha = (samples: Uint8Array) => samples.filter((_, i) => i % 4 === 3);
    expect(alpha(kept.data)).toEqual(alpha(data));
    await model.release();
  });

  test('an orientation is applied, and becomes 1 in EXIF that is otherwise the same', async () => {
    const read = await readImage(
      await toBuffer({ ...opaque, metadata: { exif: exifOf(6) } }, 'jpg'),
    );
    expect([read.width, read.height]).toEqual([10, 20]);
    expect(read.metadata?.exif).toEqual(exifOf(1));
  });
});

describe('EXIF', () => {
  test('begins at its byte order mark', () => {
    const exif = exifOf(1);
    expect(withoutPrefix(exif)).toEqual(exif);
    const prefixed = Uint8Array.from([...Buffer.from('Exif\0\0'), ...exif]);
    expect(withoutPrefix(prefixed)).toEqual(exif);
    expect(withoutPrefix(Buffer.from('nothing of the kind'))).toBeUndefined();
  });

  test('damaged EXIF is left as it is', () => {
    const exif = exifOf(6);
    for (let length = 0; length < 34; length++) {
      expect(upright(exif.subarray(0, length))).toEqual(exif.slice(0, length));
    }
    const far = exifOf(6);
    far.fill(0xff, 4, 8);
    expect(upright(far)).toEqual(far);
    expect(upright(exifOf(8))).toEqual(exifOf(1));
  });
});
