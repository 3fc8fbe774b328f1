// Butteraugli, a perceptual distance, by libjxl's tool butteraugli_main where it is installed (Debian:
// libjxl-devtools). No npm package offers it or SSIMULACRA 2 in a form that is kept up.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RawImage } from '@nacre/codec';
import { checkRgb, checkSameSize } from './rgb.js';

const run = promisify(execFile);
const TOOL = 'butteraugli_main';

/** Of smaller images the tool says that they are equal, whatever is in them. */
const MIN_SIDE = 8;

/** Whether the tool is installed here. */
export async function hasButteraugli(): Promise<boolean> {
  // Without arguments it prints its usage and fails, if it is there at all.
  return await run(TOOL).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && error.code !== 'EACCES',
  );
}

/**
 * The 3-norm of Butteraugli's distance map, seen at 80 nits.
 *
 * @param a - the original
 * @param b - the decoded image, of the same size
 * @returns 0 for equal images; about 1 where a difference just shows
 * @throws TypeError or RangeError if they are no images, of different sizes, or smaller than 8
 *   pixels; Error if the tool is not installed or fails
 * @example
 * if (await hasButteraugli()) console.log(await butteraugli(photo, decoded)); // 1.64
 */
export async function butteraugli(a: RawImage, b: RawImage): Promise<number> {
  checkRgb(a, 'a');
  checkRgb(b, 'b');
  checkSameSize(a, b);
  if (Math.min(a.width, a.height) < MIN_SIDE) {
    throw new RangeError(
      `Expected sides of ${MIN_SIDE} pixels or more for Butteraugli but received ${a.width}×${a.height}`,
    );
  }
  const folder = await mkdtemp(join(tmpdir(), 'nacre-butteraugli-'));
  try {
    const files = [join(folder, 'a.ppm'), join(folder, 'b.ppm')];
    await Promise.all([a, b].map((image, i) => writeFile(files[i]!, ppm(image))));
    const { stdout } = await run(TOOL, [...files, '--pnorm', '3']);
    const norm = Number(stdout.match(/3-norm:\s*(\S+)/)?.[1] ?? Number.NaN);
    if (!Number.isFinite(norm)) throw new Error(`${TOOL} printed no 3-norm: ${stdout.trim()}`);
    return norm;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The image as a binary PPM, which the tool takes as sRGB. */
function ppm({ width, height, data }: RawImage): Uint8Array {
  const pixels = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), pixels]);
}
