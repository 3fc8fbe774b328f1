// Draws the two images with transparency in samples/, makes the .ncr files there from all images, and
// golden.json, which records the symbols and the alpha they must decode to. Run it after a change of the shipped model or of the format only:
// node scripts/setup.mjs && node scripts/make-samples.mjs
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { decode, encode, parse } from '@nacre/codec';
import { loadModel, readImage, writeImage } from '@nacre/node';

const samples = fileURLToPath(new URL('../samples/', import.meta.url));
/** The model, the image, and the qualities it is compressed at. */
const wanted = [
  ['photo-6', 'pagoda', [20, 50, 80]],
  ['photo-6', 'raccoon', [50]],
  ['photo-6', 'tulips', [50]],
  ['photo-6', 'lake', [50]],
  ['photo-6', 'tiny', [50]],
  ['photo-6', 'badge', [50]],
  ['photo-6', 'banner', [50]],
  ['photo-7', 'pagoda', [20, 50, 80]],
  ['photo-7', 'tulips', [50]],
  ['photo-7', 'badge', [50]],
];

/** An image from the samples of each pixel, rounded and clamped. */
function draw(width, height, channels, at) {
  const pixels = Array.from({ length: width * height }, (_, i) =>
    at(i % width, Math.floor(i / width)),
  );
  return { width, height, channels, data: Uint8ClampedArray.from(pixels.flat()) };
}

/** A disc in colours, with a hard edge and a soft shadow below, and metadata. */
function badge() {
  const distance = (x, y) => Math.sqrt(x * x + y * y);
  return {
    ...draw(96, 80, 4, (x, y) => {
      const disc = Math.max(0, Math.min(1, 31 - distance(x - 47, y - 35)));
      const shadow = Math.max(0, Math.min(0.5, (40 - distance(x - 47, y - 41)) / 20));
      const opacity = disc + shadow * (1 - disc);
      const colour = [250 - 2 * y, 60 + x, 90 + x + y];
      return [...colour.map((c) => (opacity > 0 ? (c * disc) / opacity : 0)), 255 * opacity];
    }),
    metadata: {
      // Little-endian; one entry, the orientation (0x0112), which is 1.
      exif: Uint8Array.of(
        73,
        73,
        42,
        0,
        8,
        0,
        0,
        0,
        1,
        0,
        18,
        1,
        3,
        0,
        1,
        0,
        0,
        0,
        1,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
      ),
      xmp: new TextEncoder().encode('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'),
    },
  };
}

/** Grey waves that fade from left to right, wider than a tile of alpha. */
function banner() {
  return draw(530, 48, 2, (x, y) => [
    128 + 100 * Math.sqrt(y / 48) - (x >> 3),
    268 - x / 2 + (y >> 2),
  ]);
}

/** SHA-256 over all hyper-latent symbols, then all latent symbols, int32 little-endian. */
function hashOf({ hyperSymbols, symbols }) {
  const hash = createHash('sha256');
  for (const integers of [hyperSymbols, symbols]) {
    const bytes = Buffer.alloc(4 * integers.length);
    integers.forEach((value, i) => {
      bytes.writeInt32LE(value, 4 * i);
    });
    hash.update(bytes);
  }
  return hash.digest('hex');
}

await writeImage(`${samples}badge.png`, badge());
await writeImage(`${samples}banner.png`, banner());

const files = [];
for (const [id, name, qualities] of wanted) {
  const model = await loadModel({ model: id });
  const image = `${name}.png`;
  for (const quality of qualities) {
    const file = id === 'photo-6' ? `${name}-${quality}.ncr` : `${name}-${quality}.${id}.ncr`;
    const bytes = await encode(model, await readImage(samples + image), { quality });
    await writeFile(samples + file, bytes);
    const symbolsSha256 = hashOf(await parse(model, bytes));
    const { width, height, channels, data } = await decode(model, bytes);
    const alpha = data.filter((_, i) => channels % 2 === 0 && i % channels === channels - 1);
    const alphaSha256 =
      alpha.length === 0 ? undefined : createHash('sha256').update(alpha).digest('hex');
    const size = { width, height, channels };
    files.push({ file, model: id, image, ...size, quality, symbolsSha256, alphaSha256 });
    console.log(`${file}: ${bytes.length} bytes`);
  }
  await model.release();
}
await writeFile(`${samples}golden.json`, `${JSON.stringify({ files }, undefined, 2)}\n`);
