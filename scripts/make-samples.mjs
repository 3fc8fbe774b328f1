// Makes the .ncr files in samples/ from the photographs there, and golden.json, which records the
// symbols they must decode to. Run it after a change of the shipped model or of the format only:
// node scripts/setup.mjs && node scripts/make-samples.mjs
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { encode, parse } from '@nacre/codec';
import { loadModel, readImage } from '@nacre/node';

const samples = fileURLToPath(new URL('../samples/', import.meta.url));
const wanted = [
  ['pagoda', 20],
  ['pagoda', 50],
  ['pagoda', 80],
  ['raccoon', 50],
  ['tulips', 50],
  ['lake', 50],
  ['tiny', 50],
];

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

const model = await loadModel();
const files = [];
for (const [name, quality] of wanted) {
  const file = `${name}-${quality}.ncr`;
  const image = await readImage(`${samples}${name}.png`);
  const bytes = await encode(model, image, { quality });
  await writeFile(samples + file, bytes);
  const symbolsSha256 = hashOf(await parse(model, bytes));
  files.push({ file, width: image.width, height: image.height, quality, symbolsSha256 });
  console.log(`${file}: ${bytes.length} bytes`);
}
const golden = { model: model.description.id, files };
await writeFile(`${samples}golden.json`, `${JSON.stringify(golden, undefined, 2)}\n`);
await model.release();
