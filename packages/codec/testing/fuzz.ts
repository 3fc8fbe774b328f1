// The fuzzer: damages real files in ways that know their structure, and judges what the decoder makes
// of each. It runs in one process and prints nothing; `npm run fuzz` (fuzz-cli.ts) watches over it.
import { getHeapStatistics } from 'node:v8';
import {
  CodecError,
  type DecodedImage,
  decode,
  type Model,
  openNcr,
  type ParsedImage,
  parse,
  type Region,
} from '@nacre/codec';
import { seededRandom } from './gaussian-latents.js';
import { type Expected, mutate } from './mutations.js';

/** Decoding may take this many times as long as that of a file of its size that is right. */
const MOST_TIME = 5;

/** Below this, collecting garbage cannot be told from work. */
const LEAST_MILLISECONDS = 50;

/** Decoding may take this many times as much memory as that of a file of its size that is right. */
const MOST_MEMORY = 2;

/** Below this, what every image takes matters, such as the contexts of a tile of alpha. */
const LEAST_BYTES = 2 ** 20;

/** An image that claims this many times the pixels of the file it was made from is not decoded. */
const MOST_PIXELS = 4;

/** What exceeds a bar is tried again: collecting garbage is no slow decoder. */
const TRIES = 4;

const NOTHING = new Uint8Array();

/** A file that is right, and what decoding it gives and takes. */
export interface Target {
  readonly name: string;
  readonly model: Model;
  readonly bytes: Uint8Array;
  readonly parsed: ParsedImage;
  readonly image: DecodedImage;
  /** What decoding it takes: the median time, and the most memory. */
  readonly cost: Cost;
}

interface Cost {
  readonly milliseconds: number;
  /** Memory outside the engine's heap, where all the numbers are. */
  readonly bytes: number;
}

/** What was done to which file, and what came of it. */
export interface Verdict {
  readonly target: string;
  readonly mutation: string;
  readonly expected: Expected;
  /** The code of the error, or `image`; with `partial` also what that gave. */
  readonly outcome: string;
  /** What the decoder has done wrong; undefined if nothing. */
  readonly violation: string | undefined;
  readonly bytes: Uint8Array;
}

/** Decodes a file to know what is right, and what that takes. */
export async function targetOf(name: string, model: Model, file: Uint8Array): Promise<Target> {
  // Not a Buffer, whose slices are no copies.
  const bytes = Uint8Array.from(file);
  const costs: Cost[] = [];
  for (let i = 0; i < 5; i++) {
    for (const partial of [false, true]) {
      const options = { partial, onPreview: () => {} };
      costs.push((await measured(() => decode(model, bytes, options))).cost);
    }
  }
  return {
    name,
    model,
    bytes,
    parsed: await parse(model, bytes),
    image: await decode(model, bytes),
    cost: {
      milliseconds: costs.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b)[5]!,
      bytes: Math.max(...costs.map((cost) => cost.bytes)),
    },
  };
}

/**
 * Does mutation `index` of a seed, which is the same whatever came before it.
 *
 * @param targets one of which is damaged.
 * @param timed whether taking long is a violation.
 */
export async function fuzzOne(
  targets: readonly Target[],
  seed: number,
  index: number,
  timed: boolean,
): Promise<Verdict> {
  const random = randomOf(seed, index);
  const target = targets[Math.floor(random() * targets.length)]!;
  const mutated = mutate(target.bytes, random);
  const expected = equal(mutated.bytes, target.bytes) ? 'same' : mutated.expected;
  const { outcome, violation } = await judge(target, mutated.bytes, expected, timed);
  return {
    target: target.name,
    mutation: mutated.name,
    expected,
    outcome,
    violation,
    bytes: mutated.bytes,
  };
}

/** Decodes a damaged file and says what is wrong with that. */
async function judge(
  target: Target,
  bytes: Uint8Array,
  expected: Expected,
  timed: boolean,
): Promise<{ outcome: string; violation: string | undefined }> {
  const strict = await attempt(target, bytes, false, timed);
  const found = strict.result instanceof Error ? codeOf(strict.result) : 'image';
  let violation = strict.violation ?? wrongOutcome(target, bytes, expected, strict.result);
  if (violation !== undefined || found !== 'CORRUPT_FILE') return { outcome: found, violation };

  const partial = await attempt(target, bytes, true, timed);
  const saved = partial.result instanceof Error ? codeOf(partial.result) : 'part of it';
  violation = partial.violation ?? (await wrongPart(target, bytes, expected, partial.result));
  return {
    outcome: `${found}, with partial ${saved}`,
    violation: violation && `with partial: ${violation}`,
  };
}

/** Decodes, again if it takes too long or too much. */
async function attempt(
  target: Target,
  bytes: Uint8Array,
  partial: boolean,
  timed: boolean,
): Promise<{ result: DecodedImage | Error; violation: string | undefined }> {
  const { model, parsed, cost } = target;
  const maxPixels = MOST_PIXELS * parsed.width * parsed.height;
  const times = Math.max(1, paddedSize(bytes, maxPixels) / paddedSize(target.bytes, maxPixels));
  const mostTime = timed
    ? Math.max(LEAST_MILLISECONDS, MOST_TIME * times * cost.milliseconds)
    : Number.POSITIVE_INFINITY;
  const mostBytes = Math.max(LEAST_BYTES, MOST_MEMORY * times * cost.bytes);
  for (let left = TRIES; ; left--) {
    let preview: DecodedImage | undefined;
    const onPreview = (image: DecodedImage): void => {
      preview = image;
    };
    const { result, cost } = await measured(() =>
      decode(model, bytes, { maxPixels, partial, onPreview }).catch((error: unknown) =>
        error instanceof Error ? error : new Error(`${error} was thrown`),
      ),
    );
    const wrong = wrongPreview(preview, result);
    if (wrong !== undefined) return { result, violation: wrong };
    if (result instanceof Error) {
      if (!(result instanceof CodecError)) return { result, violation: result.stack };
      if (!/^[^\n]+\.$/.test(result.message)) {
        return { result, violation: `the message is not one line: ${result.message}` };
      }
    }
    const { milliseconds, bytes: taken } = cost;
    if (milliseconds <= mostTime && taken <= mostBytes) return { result, violation: undefined };
    if (left > 1) continue;
    const violation =
      milliseconds > mostTime
        ? `took ${milliseconds.toFixed(0)} ms, more than ${mostTime.toFixed(0)}`
        : `took ${taken} bytes of memory, more than ${mostBytes.toFixed(0)}`;
    return { result, violation };
  }
}

/** What is wrong with what a decoder gave that must not give a part. */
function wrongOutcome(
  target: Target,
  bytes: Uint8Array,
  expected: Expected,
  result: DecodedImage | Error,
): string | undefined {
  if (result instanceof Error)
    return expected === 'same' ? `refused: ${result.message}` : undefined;
  if (expected === 'refused') return 'gave an image';
  if ((result.damaged ?? result.missing) !== undefined)
    return 'gave a partial image that was not asked for';
  if (expected === 'same' && !isSame(result, target.image)) return 'gave another image';
  return wrongSize(bytes, result);
}

/** What is wrong with what a decoder gave that may give a part. */
async function wrongPart(
  target: Target,
  bytes: Uint8Array,
  expected: Expected,
  result: DecodedImage | Error,
): Promise<string | undefined> {
  if (result instanceof Error) return undefined;
  const wrong = wrongSize(bytes, result);
  if (wrong !== undefined) return wrong;
  for (const { left, top, width, height } of result.damaged ?? []) {
    const inside = left >= 0 && left + width <= result.width && width > 0;
    if (!inside || top < 0 || top + height > result.height || height <= 0) {
      return 'a damaged region lies outside the image';
    }
  }
  // Under checksums that are right, a decoder cannot know that a tile is another one.
  return expected === 'refused' ? await wrongRest(target, bytes, result) : undefined;
}

function wrongSize(bytes: Uint8Array, image: DecodedImage): string | undefined {
  const { width, height, channels, data } = image;
  const info = openNcr(bytes, { partial: true });
  const right =
    width === info.width &&
    height === info.height &&
    channels === info.channels &&
    data.length === channels * width * height;
  return right ? undefined : `gave ${width}×${height}×${channels} samples, not those of the header`;
}

/** What is wrong with the preview that came before an image, or before an error. */
function wrongPreview(
  preview: DecodedImage | undefined,
  result: DecodedImage | Error,
): string | undefined {
  if (result instanceof Error) return preview && 'showed a preview of a file that it refused';
  if (preview === undefined) return 'gave no preview';
  const [width, height] = [Math.ceil(result.width / 8), Math.ceil(result.height / 8)];
  const right =
    preview.width === width &&
    preview.height === height &&
    preview.channels === result.channels &&
    preview.data.length === preview.channels * width * height &&
    String(preview.missing) === String(result.missing) &&
    JSON.stringify(preview.damaged) === JSON.stringify(result.damaged);
  return right ? undefined : 'gave a preview of another image';
}

/** What is not as it was, and not said to be damaged: integers of a tile, alpha, metadata. */
async function wrongRest(
  target: Target,
  bytes: Uint8Array,
  result: DecodedImage,
): Promise<string | undefined> {
  const { damaged = [], missing = [] } = result;
  for (const kind of ['icc', 'exif', 'xmp'] as const) {
    const isMissing = missing.some((type) => type.startsWith(kind));
    const right = isMissing ? undefined : target.image.metadata[kind];
    if (!equal(result.metadata[kind] ?? NOTHING, right ?? NOTHING))
      return `wrong ${kind}, not said to be`;
  }
  const { channels, width } = target.image;
  if (result.channels === channels && channels % 2 === 0) {
    for (let i = channels - 1; i < result.data.length; i += channels) {
      const [x, y] = [Math.floor(i / channels) % width, Math.floor(i / channels / width)];
      if (result.data[i] === target.image.data[i] || isWithin(damaged, x, y)) continue;
      return `alpha at ${x}, ${y} is wrong and not said to be damaged`;
    }
  } else if (result.channels !== channels && !missing.includes('Alph')) {
    return `gave ${result.channels} channels, and did not say that alpha is missing`;
  }
  return await wrongTile(target, bytes);
}

function isWithin(regions: readonly Region[], x: number, y: number): boolean {
  return regions.some(
    ({ left, top, width, height }) => x >= left && x < left + width && y >= top && y < top + height,
  );
}

/** Whether a tile that is not said to be damaged has other integers than before. */
async function wrongTile(
  { model, parsed: right, bytes: original }: Target,
  bytes: Uint8Array,
): Promise<string | undefined> {
  const parsed = await parse(model, bytes, { partial: true });
  const { width, height, tiles } = openNcr(original);
  if (openNcr(bytes, { partial: true }).tiles.length !== tiles.length)
    return 'has tiles that were not there';
  const [rows, columns] = [Math.ceil(height / 64), Math.ceil(width / 64)];
  const whole = tiles.filter((_, number) => !parsed.damagedTiles.includes(number));
  if (whole.length === 0) return 'gave an image without one whole tile';
  for (const [name, stride] of [
    ['hyperSymbols', 1],
    ['symbols', 4],
  ] as const) {
    const pixels = 64 / stride;
    for (let i = 0; i < right[name].length; i++) {
      const x = pixels * (i % (stride * columns));
      const y = pixels * (Math.floor(i / stride / columns) % (stride * rows));
      if (right[name][i] === parsed[name][i] || !isWithin(whole, x, y)) continue;
      return `an integer at ${x}, ${y} is wrong and its tile not said to be damaged`;
    }
  }
  return undefined;
}

/** Pixels of the padded image that a header claims; 0 if it is too large to be decoded. */
function paddedSize(bytes: Uint8Array, maxPixels: number): number {
  if (bytes.length < 10) return 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [width, height] = [view.getUint16(6, true), view.getUint16(8, true)];
  if (width * height > maxPixels) return 0;
  return 64 ** 2 * Math.ceil(width / 64) * Math.ceil(height / 64);
}

async function measured<Result>(
  work: () => Promise<Result>,
): Promise<{ result: Result; cost: Cost }> {
  const before = getHeapStatistics().external_memory;
  const started = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(started);
  // Of the processor: what other programs take is no slow decoder. Who waits for ever is caught outside.
  const milliseconds = (user + system) / 1000;
  // What the collector has freed meanwhile hides as much; it does so in few of many mutations.
  const bytes = Math.max(0, getHeapStatistics().external_memory - before);
  return { result, cost: { milliseconds, bytes } };
}

function codeOf(error: Error): string {
  return error instanceof CodecError ? error.code : error.name;
}

function isSame(one: DecodedImage, other: DecodedImage): boolean {
  const kinds = ['icc', 'exif', 'xmp'] as const;
  return (
    one.channels === other.channels &&
    equal(one.data, other.data) &&
    kinds.every((kind) => equal(one.metadata[kind] ?? NOTHING, other.metadata[kind] ?? NOTHING))
  );
}

function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}

/** Numbers of one mutation alone: neighbouring seeds and indices have nothing in common. */
function randomOf(seed: number, index: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b);
  for (const factor of [0x7feb352d, 0x846ca68b]) {
    state = Math.imul(state ^ (state >>> 16), factor);
  }
  const random = seededRandom(state ^ (state >>> 15));
  for (let i = 0; i < 4; i++) random();
  return random;
}
