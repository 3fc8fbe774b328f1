// `npm run demo [-- IMAGE]`: compresses a photograph at three qualities, prints how it compares with JPEG, and
// writes all the images.
import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { besideJpeg, cropsBeside, formatBesideJpeg, nacreCodec } from '@nacre/compare';
import { flatten, loadModel, readImage, writeFileAtomic, writeImage } from '@nacre/node';

const QUALITIES = [20, 50, 80];
const root = fileURLToPath(new URL('..', import.meta.url));
async function main() {
  const { positionals } = parseArgs({ allowPositionals: true });
  const path = positionals[0] ?? join(root, 'samples/raccoon.png');
  const out = join(root, 'out/demo');
  const model = await loadModel();
  const image = flatten(await readImage(path, { strip: true }));
  console.log(
    `${shown(path)}, ${image.width}×${image.height} pixels, with ${model.description.name}`,
  );
  const rows = [];
  for (const quality of QUALITIES) rows.push(await besideJpeg(nacreCodec(model), image, quality));
  console.log(`\n${formatBesideJpeg(rows)}`);
  await mkdir(out, { recursive: true });
  for (const row of rows) {
    const name = join(out, `quality-${row.quality}`);
    await writeFileAtomic(`${name}.ncr`, row.file);
    await writeImage(`${name}.png`, row.image);
    await writeFileAtomic(`${name}-jpeg-same-psnr.jpg`, row.jpegOfSamePsnr.file);
    await writeFileAtomic(`${name}-jpeg-same-bytes.jpg`, row.jpegOfSameBytes.file);
  }
  const small = rows[0];
  const versions = [image, small.jpegOfSameBytes.image, small.image];
  await writeImage(join(out, 'beside.png'), cropsBeside(versions, 320));
  console.log(`\nIn ${shown(out)}, for each quality: the .ncr file, what it decodes to (.png), and both JPEGs.
Look at beside.png: the original, JPEG and Nacre with about the same bytes (quality ${small.quality}).`);
  await model.release();
}
function shown(path) {
  return relative(process.cwd(), path);
}
await main().catch((error) => {
  console.error(`demo: ${error.message}`);
  process.exitCode = 1;
});
