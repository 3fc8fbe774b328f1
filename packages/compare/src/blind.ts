// Blind comparisons by people: an original and two files of equal bytes, without names.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { checkObject, checkString } from '@nacre/codec/internal';
import { writeFileAtomic } from '@nacre/node';
import { blindHtml } from './blind-page.js';
import { DEFAULT_CODECS, findCodec } from './codecs.js';
import type { ComparedCodec } from './compare.js';
import { noticesOf } from './failures.js';
import { checkNames, checkQualities, checkStrings, nothingLeft, prepare } from './prepare.js';
import type { LeftOut } from './sources.js';
import { Sweep, type SweepProgress } from './sweep.js';
import type { Candidate } from './worker.js';
import { checkFree, type ReportOptions } from './write-report.js';

/** Low enough for differences to be visible at full size. */
const DEFAULT_BPP = 0.25;

const PAGE = 'blind.html';

/** What {@link prepareBlindTest} takes. */
export interface BlindOptions {
  /** Image files, and folders of them. */
  readonly images: readonly string[];
  /** Names of codecs; the first one is compared with each of the others. */
  readonly codecs?: readonly string[] | undefined;
  /** Of the first codec, in 1..100; by default the quality nearest to 0.25 bits per pixel. */
  readonly qualities?: readonly number[] | undefined;
  /** Ends the run. What is done is kept, and the next run continues from there. */
  readonly signal?: AbortSignal | undefined;
  /** Called before the first and after each comparison. */
  readonly onProgress?: ((progress: SweepProgress) => void) | undefined;
}

/** One of the files of a question. */
export interface BlindCandidate extends Candidate {
  /** The name of the codec. */
  readonly codec: string;
}

/** One question: which of two candidates is closer to the original? */
export interface BlindTrial {
  /** The name of the image. */
  readonly image: string;
  /** Of the first candidate. */
  readonly bpp: number;
  /** Lossless WebP, base64. */
  readonly original: string;
  /** Their sizes differ by 2 % at most. */
  readonly candidates: readonly BlindCandidate[];
}

/** All questions. */
export interface BlindTest {
  /** The questions, image by image. */
  readonly trials: readonly BlindTrial[];
  /** The codecs whose files are shown. */
  readonly codecs: readonly Pick<ComparedCodec, 'name' | 'description'>[];
  /** Images and codecs that are missing, and why. */
  readonly leftOut: readonly LeftOut[];
  /** What was noticed about the images. */
  readonly notices: readonly string[];
}

/**
 * Codes images with the first codec and each of the others to equal bytes.
 *
 * @throws as `compare`; Error if no other codec can run, or if no two files are of equal bytes
 * @example
 * ```ts
 * const test = await prepareBlindTest({ images: ['photos/'], codecs: ['nacre', 'avif'] });
 * await writeBlindTest('blind', test);
 * ```
 */
export async function prepareBlindTest(options: BlindOptions): Promise<BlindTest> {
  checkObject(options, 'options');
  checkStrings(options.images, 'options.images');
  const { codecs: names = DEFAULT_CODECS, qualities } = options;
  checkNames(names, 'options.codecs', (name) => findCodec(name as string, 'options.codecs'));
  if (qualities !== undefined) checkQualities(qualities, 'options.qualities');
  if (names.length < 2) throw new RangeError('Expected two codecs or more for options.codecs');
  const leftOut: LeftOut[] = [];
  const { codecs, sources, cache, workers, keyOf } = await prepare(options.images, names, leftOut);
  const first = names[0]!;
  const others = codecs.map(({ name }) => name).filter((name) => name !== first);
  if (others.length === 0 || others.length === codecs.length) throw nothingLeft(leftOut);
  const jobs = sources.flatMap(({ name, file }, i) =>
    others.flatMap((other) =>
      (qualities ?? [undefined]).map((quality) => {
        const pair = [first, other] as const;
        const task = { file, codecs: pair, quality, bpp: DEFAULT_BPP };
        const key = keyOf(sources[i]!, pair, [quality ?? null, DEFAULT_BPP]);
        return { name, task, key };
      }),
    ),
  );
  const sweep = new Sweep(cache, workers, options.signal);
  try {
    const results = await sweep.run('pairOne', jobs, () => true, options.onProgress);
    const trials = results.flatMap((one, i): BlindTrial[] => {
      const { name, task } = jobs[i]!;
      const what = `${name} by ${task.codecs.join(' and ')}`;
      if ('error' in one) leftOut.push({ what, why: one.error.message });
      else if (!one.result) leftOut.push({ what, why: 'their sizes differ by more than 2 %' });
      else {
        const { width, height, original, candidates } = one.result;
        return [
          {
            image: name,
            bpp: (8 * candidates[0].bytes) / (width * height),
            original,
            candidates: candidates.map((file, j) => ({ codec: task.codecs[j]!, ...file })),
          },
        ];
      }
      return [];
    });
    if (trials.length === 0) throw nothingLeft(leftOut);
    return { trials, codecs, leftOut, notices: noticesOf(sources) };
  } finally {
    await sweep.close();
  }
}

/**
 * Writes the page that asks the questions, `blind.html`. It needs no other file and no network.
 *
 * @param folder - created if it does not exist
 * @returns the path of the page
 * @throws OutputError if the folder has a `blind.html` that is not such a page; the system's error if it cannot be
 *   written; TypeError for a bad argument
 */
export async function writeBlindTest(
  folder: string,
  test: BlindTest,
  options: ReportOptions = {},
): Promise<string> {
  checkString(folder, 'folder');
  checkObject(test, 'test');
  checkObject(options, 'options');
  if (!options.overwrite) await checkFree(folder, PAGE);
  const file = join(folder, PAGE);
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(file, Buffer.from(await blindHtml(test)));
  return file;
}
