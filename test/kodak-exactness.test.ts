// Scale indices of the shipped model on real hyper-latents, those of photographs, are the same integers
// on every runtime. Takes the Kodak pictures from ../shared, where that is; not a part of the repository.
//
// NACRE_FULL=1 takes all pictures, not three. NACRE_Z_OUT=FOLDER writes what another program needs to
// compare itself: each z as int8 in the order channel, row, column, and exactness.tsv with its shape
// and the SHA-256 of the scale indices that follow from it.

import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { analyse, encodeLatents, parse } from '@nacre/codec';
import { createRuntime, readImage } from '@nacre/node';
import { beforeAll, describe, expect, test } from 'vitest';
import { type HyperLatents, hashOfBytes, hashOfScales } from './exactness.js';
import { modelOn, RUNTIMES, SHIPPED } from './runtimes.js';

const KODAK = fileURLToPath(new URL('../../shared/data/kodak', import.meta.url));
const QUALITIES = [10, 50, 90];
/** On a machine that does nothing else, all pictures take a minute or two. */
const TIMEOUT = 900_000;

/** Hyper-latents of a photograph, and the hash of what the encoder and the decoder made of them. */
interface KodakCase extends HyperLatents {
  /** Picture and quality, e.g. `kodim01-50`. */
  readonly name: string;
  readonly sha256: string;
}

const missing = [KODAK, join(SHIPPED, 'model.json')].find((path) => !existsSync(path));

describe.skipIf(missing !== undefined)('scale indices on Kodak', () => {
  let cases: readonly KodakCase[];
  beforeAll(async () => {
    const pictures = (await readdir(KODAK)).filter((name) => name.endsWith('.png')).sort();
    cases = await casesOf(process.env.NACRE_FULL === '1' ? pictures : pictures.slice(0, 3));
    if (process.env.NACRE_Z_OUT) await writeCases(process.env.NACRE_Z_OUT, cases);
  }, TIMEOUT);

  test('there are cases at three qualities, and no two alike', () => {
    expect(cases.length).toBeGreaterThanOrEqual(3 * QUALITIES.length);
    expect(new Set(cases.map(({ sha256 }) => sha256)).size).toBe(cases.length);
  });

  test.each(RUNTIMES)(
    '%s: none differs',
    async (_, makeRuntime) => {
      const model = await modelOn(await makeRuntime(), SHIPPED);
      const different: string[] = [];
      for (const one of cases) {
        if ((await hashOfScales(model, one)) !== one.sha256) different.push(one.name);
      }
      expect(different).toEqual([]);
      await model.release();
    },
    TIMEOUT,
  );
});

if (missing !== undefined) {
  console.warn(`Scale indices are NOT compared on Kodak: ${missing} is not there.`);
}

/** Encodes pictures at all qualities on onnxruntime-node, and reads the files again. */
async function casesOf(pictures: readonly string[]): Promise<KodakCase[]> {
  const model = await modelOn(await createRuntime(), SHIPPED);
  const cases: KodakCase[] = [];
  for (const picture of pictures) {
    const latents = await analyse(model, await readImage(join(KODAK, picture)));
    for (const quality of QUALITIES) {
      const file = await encodeLatents(model, latents, { quality });
      const { info, hyperSymbols, scaleIndices } = await parse(model, file);
      cases.push({
        name: picture.replace(/\.png$/, `-${quality}`),
        level: info.level,
        rows: Math.ceil(info.height / 64),
        columns: Math.ceil(info.width / 64),
        z: Float32Array.from(hyperSymbols),
        sha256: hashOfBytes(scaleIndices),
      });
    }
  }
  await model.release();
  return cases;
}

async function writeCases(folder: string, cases: readonly KodakCase[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const lines = ['file\tlevel\trows\tcolumns\tsha256'];
  for (const { name, level, rows, columns, z, sha256 } of cases) {
    await writeFile(join(folder, `${name}.z`), Int8Array.from(z));
    lines.push([`${name}.z`, level, rows, columns, sha256].join('\t'));
  }
  await writeFile(join(folder, 'exactness.tsv'), `${lines.join('\n')}\n`);
}
