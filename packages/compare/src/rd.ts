// `npm run rd -- FOLDER`: the rate-distortion curve of a Nacre model over a folder of pictures, and
// its BD-rate against sharp's JPEG measured in the same run. A command only: the maths is elsewhere.
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { flatten, loadModel, readImage } from '@nacre/node';
import sharp from 'sharp';
import { type Curve, readCurve, writeCurve } from './anchor.js';
import { bdRate } from './bd-rate.js';
import { nacreCodec, sharpJpeg } from './codecs.js';
import { parseQualities } from './qualities.js';
import {
  averageOverPictures,
  firstStepNotUp,
  type Measurement,
  measure,
} from './rate-distortion.js';

const HELP = `Usage: npm run rd -- FOLDER [options]

Example: npm run rd -- ../shared/data/kodak --anchor vtm.json --out out/rd

  --model ID|FOLDER   the model to measure (default: the shipped one)
  --qualities LIST    Nacre's qualities, such as 1,5,20-30 (default: 1,5,10,20,30,…,100)
  --anchor FILE.json  a published curve to compare with; may be given several times
  --out DIR           write points.tsv (every picture) and a curve for each codec, itself an anchor`;

/** The qualities of the anchor that was published under this codec's name. */
const JPEG_QUALITIES = [5, 10, 15, 20, 30, 40, 50, 60, 70, 80, 90];
const PICTURE = /\.(png|jpe?g|webp|avif|tiff?)$/i;

/** Progress with time left, on a terminal only. */
function reportProgress(done: number, total: number, started: number, what: string): void {
  if (!process.stderr.isTTY) return;
  const seconds = Math.ceil(((Date.now() - started) / 1000 / Math.max(1, done)) * (total - done));
  const left = done === 0 ? '' : `, ${Math.floor(seconds / 60)} min ${seconds % 60} s left`;
  process.stderr.write(`\r\x1b[K${done === total ? '' : `${done}/${total}${left}: ${what}`}`);
}

function printCurve(codec: string, measurements: readonly Measurement[]): Curve {
  const points = averageOverPictures(measurements);
  console.log(`\n${codec}\nquality      bytes     bpp  PSNR dB`);
  for (const { quality, bytes, bpp, psnr } of points) {
    const cells = [
      bytes.toFixed(0).padStart(11),
      bpp.toFixed(4).padStart(8),
      psnr.toFixed(2).padStart(9),
    ];
    console.log(`${`${quality}`.padStart(7)}${cells.join('')}`);
  }
  for (const value of ['bytes', 'psnr'] as const) {
    const step = firstStepNotUp(points, value);
    const verdict = step
      ? `NO, ${step[0][value]} at ${step[0].quality}, then ${step[1][value]} at ${step[1].quality}`
      : 'yes';
    console.log(`Strictly rising mean ${value}: ${verdict}`);
  }
  return { name: codec, points };
}

function printBdRate(anchor: Curve, test: Curve): void {
  const pair = `BD-rate of ${test.name} against ${anchor.name}:`;
  try {
    const { percent, low, high } = bdRate(anchor.points, test.points);
    console.log(`${pair} ${percent.toFixed(2)} % (${low.toFixed(2)}..${high.toFixed(2)} dB)`);
  } catch (error) {
    console.log(`${pair} none. ${(error as Error).message}`);
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      model: { type: 'string' },
      qualities: { type: 'string', default: '1,5,10,20,30,40,50,60,70,80,90,100' },
      anchor: { type: 'string', multiple: true, default: [] },
      out: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const folder = positionals[0];
  if (values.help || folder === undefined || positionals.length > 1) {
    console.log(HELP);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const qualities = parseQualities(values.qualities);
  const anchors = await Promise.all(
    values.anchor.map(async (file) => ({ ...(await readCurve(file)), name: basename(file) })),
  );
  const pictures = (await readdir(folder)).filter((name) => PICTURE.test(name)).sort();
  if (pictures.length === 0) throw new RangeError(`Expected pictures in ${folder} but found none`);

  const model = await loadModel(values.model === undefined ? {} : { model: values.model });
  const sweeps = [
    { codec: nacreCodec(model), qualities },
    { codec: sharpJpeg, qualities: JPEG_QUALITIES },
  ];
  console.log(`${pictures.length} pictures of ${folder}, model ${model.description.id}`);

  const measurements: Measurement[] = [];
  const total = pictures.length * (qualities.length + JPEG_QUALITIES.length);
  const started = Date.now();
  for (const picture of pictures) {
    const image = flatten(await readImage(join(folder, picture), { strip: true }));
    for (const sweep of sweeps) {
      for (const quality of sweep.qualities) {
        reportProgress(measurements.length, total, started, `${picture}, ${sweep.codec.name}`);
        measurements.push(await measure(sweep.codec, picture, image, quality));
      }
    }
  }
  reportProgress(total, total, started, '');
  await model.release();

  const [nacre, jpeg] = sweeps.map(({ codec }) =>
    printCurve(
      codec.name,
      measurements.filter((one) => one.codec === codec.name),
    ),
  );
  console.log();
  printBdRate({ ...jpeg!, name: `${jpeg!.name} of this run` }, nacre!);
  for (const anchor of anchors) printBdRate(anchor, nacre!);

  if (values.out !== undefined) {
    await mkdir(values.out, { recursive: true });
    const columns = [
      'picture',
      'codec',
      'quality',
      'width',
      'height',
      'bytes',
      'bpp',
      'psnr',
    ] as const;
    const rows = measurements.map((one) => columns.map((column) => one[column]));
    await writeFile(
      join(values.out, 'points.tsv'),
      [columns, ...rows].map((row) => `${row.join('\t')}\n`).join(''),
    );
    const over = `mean over ${pictures.length} pictures of ${basename(resolve(folder))}`;
    const file = (curve: Curve): string => join(values.out!, `${curve.name}.json`);
    await writeCurve(file(nacre!), nacre!, `model ${model.description.id}, ${over}`);
    await writeCurve(file(jpeg!), jpeg!, `sharp ${sharp.versions.sharp}, ${over}`);
    console.log(`\nWrote points.tsv, ${nacre!.name}.json and ${jpeg!.name}.json to ${values.out}`);
  }
}

await main().catch((error: Error) => {
  console.error(`rd: ${error.message}`);
  process.exitCode = 1;
});
