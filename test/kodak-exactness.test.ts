// Scale indices of the shipped model on the symbols of photographs are the same integers on every
// runtime. Takes the Kodak images from ../shared, where that is; not a part of the repository.
//
// NACRE_FULL=1 takes all images, not three. NACRE_Z_OUT=FOLDER writes what another program needs to
// compare itself: for each tile its z as int8 and its symbols as int16 (little-endian), both in the
// order channel, row, column, and exactness.tsv with the shape of z and the SHA-256 of the scale
// indices that follow from them.

import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encode, openNcr, type ParsedImage, parse } from '@nacre/codec';
import { createRuntime, readImage } from '@nacre/node';
import { beforeAll, describe, expect, test } from 'vitest';
import { hashOfBytes, hashOfScales, type TileIntegers } from './exactness.js';
import { modelOn, RUNTIMES, SHIPPED } from './runtimes.js';

const KODAK = fileURLToPath(new URL('../../shared/data/kodak', import.meta.url));
const QUALITIES = [10, 50, 90];
/** On a machine that does nothing else, all images take a minute or two. */
const TIMEOUT = 900_000;

/** A tile of a photograph, and the hash of what the encoder and the decoder made of it. */
interface KodakCase extends TileIntegers {
  /** Image, quality and number of the tile, e.g. `kodim01-50-1`. */
  readonly name: string;
  readonly sha256: string;
}

const missing = [KODAK, join(SHIPPED, 'model.json')].find((path) => !existsSync(path));

describe.skipIf(missing !== undefined)('scale indices on Kodak', () => {
  let cases: readonly KodakCase[];
  beforeAll(async () => {
    const images = (await readdir(KODAK)).filter((name) => name.endsWith('.png')).sort();
    cases = await casesOf(process.env.NACRE_FULL === '1' ? images : images.slice(0, 3));
    if (process.env.NACRE_Z_OUT) await writeCases(process.env.NACRE_Z_OUT, cases);
  }, TIMEOUT);

  test('there are tiles at three qualities, and no two alike', () => {
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

/** Encodes images at all qualities on onnxruntime-node, and reads the files again. */
async function casesOf(images: readonly string[]): Promise<KodakCase[]> {
  const model = await modelOn(await createRuntime(), SHIPPED);
  const cases: KodakCase[] = [];
  for (const file of images) {
    const image = await readImage(join(KODAK, file));
    for (const quality of QUALITIES) {
      const bytes = await encode(model, image, { quality });
      const parsed = await parse(model, bytes);
      for (const [i, tile] of tilesOf(bytes, parsed).entries()) {
        cases.push({ name: file.replace(/\.png$/, `-${quality}-${i + 1}`), ...tile });
      }
    }
  }
  await model.release();
  return cases;
}

/** What each tile of a file holds. */
function tilesOf(bytes: Uint8Array, parsed: ParsedImage) {
  const { width: imageWidth, height: imageHeight, level, hyperSymbols, symbols } = parsed;
  const { scaleIndices } = parsed;
  return openNcr(bytes).tiles.map((tile) => {
    /** The tile's part of planes that have one number for so many pixels a side. */
    const part = <Cells extends Int32Array | Uint8Array>(planes: Cells, stride: number): Cells => {
      const perHyper = 64 / stride;
      const width = perHyper * Math.ceil(imageWidth / 64);
      const height = perHyper * Math.ceil(imageHeight / 64);
      const [top, left] = [tile.top / stride, tile.left / stride];
      const bottom = top + perHyper * Math.ceil(tile.height / 64);
      const right = left + perHyper * Math.ceil(tile.width / 64);
      return planes.filter((_, i) => {
        const [row, column] = [Math.floor(i / width) % height, i % width];
        return row >= top && row < bottom && column >= left && column < right;
      }) as Cells;
    };
    return {
      level,
      rows: Math.ceil(tile.height / 64),
      columns: Math.ceil(tile.width / 64),
      z: Float32Array.from(part(hyperSymbols, 64)),
      symbols: part(symbols, 16),
      sha256: hashOfBytes(part(scaleIndices, 16)),
    };
  });
}

async function writeCases(folder: string, cases: readonly KodakCase[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const lines = ['name\tlevel\trows\tcolumns\tsha256'];
  for (const { name, level, rows, columns, z, symbols, sha256 } of cases) {
    await writeFile(join(folder, `${name}.z`), Int8Array.from(z));
    await writeFile(join(folder, `${name}.symbols`), Int16Array.from(symbols));
    lines.push([name, level, rows, columns, sha256].join('\t'));
  }
  await writeFile(join(folder, 'exactness.tsv'), `${lines.join('\n')}\n`);
}
