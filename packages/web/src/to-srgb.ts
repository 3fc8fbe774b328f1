// Colours in the space of an ICC profile become sRGB, which is what canvases show. The browser converts: it
// does so with image files alone, so it gets the pixels as PNG. It knows nothing of .ncr files.

import { type Channels, TooLargeError } from '@nacre/codec';
import { canvasOf } from './image.js';
import { taggedPng, zlib } from './tagged-png.js';

/** Pixels converted at once, in whole rows: little memory, and a canvas of any browser. */
const STRIP_PIXELS = 2 ** 22;

/** Where the table of tags begins, behind 128 bytes of header and their number; and the bytes of one. */
const TABLE = 132;
const ENTRY_BYTES = 12;

/** For each kind of profile, the sets of tags of which one leads to sRGB (ICC.1:2022, section 8). */
const TAGS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'RGB ': [['A2B0'], ['rXYZ', 'gXYZ', 'bXYZ', 'rTRC', 'gTRC', 'bTRC']],
  GRAY: [['A2B0'], ['kTRC']],
};

/**
 * Converts an image in place; alpha stays as it is, to the bit.
 *
 * @param channels - of the image before it was RGBA: a profile of grey fits a grey one alone.
 * @returns why it was left as it is, in a part of a sentence; undefined if it was converted.
 * @throws {@link TooLargeError} if the browser has no memory for it.
 * @example
 * ```ts
 * const reason = await toSrgb(image, 3, icc);
 * ```
 */
export async function toSrgb(
  { width, height, data }: ImageData,
  channels: Channels,
  icc: Uint8Array,
): Promise<string | undefined> {
  const reason = whyUnusable(icc, channels);
  if (reason !== undefined) return reason;
  // Some have bytes after their end, which readers of PNG refuse.
  const profile = await zlib(new Uint8Array(icc.subarray(0, sizeOf(icc))));
  const kept = signature(icc, 16) === 'GRAY' ? 1 : 3;
  const rows = Math.min(height, Math.ceil(STRIP_PIXELS / width));
  const context = canvasOf(width, rows);
  for (let top = 0; top < height; top += rows) {
    const count = Math.min(rows, height - top);
    const strip = data.subarray(4 * width * top, 4 * width * (top + count));
    const samples = new Uint8Array(kept * width * count);
    for (let from = 0, to = 0; to < samples.length; from += 4) {
      for (let c = 0; c < kept; c++) samples[to++] = strip[from + c]!;
    }
    const png = await taggedPng(width, count, kept, samples, profile);
    const bitmap = await createImageBitmap(png).catch((cause: unknown) => {
      throw new TooLargeError(
        'The memory ran out while colours were converted: free some, or use a smaller image.',
        { cause },
      );
    });
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    // Without alpha nothing is rounded on the way through the canvas.
    const { data: converted } = context.getImageData(0, 0, width, count);
    for (let i = 0; i < strip.length; i++) if (i % 4 !== 3) strip[i] = converted[i]!;
  }
  return undefined;
}

/**
 * Why a browser would not heed a profile. It does not say so itself: it then takes the image for sRGB.
 *
 * @returns a part of a sentence; undefined if it is as it must be (ICC.1:2022, sections 7.2 and 7.3).
 */
export function whyUnusable(icc: Uint8Array, channels: Channels): string | undefined {
  const damaged = 'it is damaged';
  if (icc.length < TABLE || signature(icc, 36) !== 'acsp') return damaged;
  const space = signature(icc, 16);
  const sets = TAGS[space];
  if (!sets || (space === 'GRAY' && channels > 2)) return 'it is for other colours than these';
  const view = new DataView(icc.buffer, icc.byteOffset, icc.length);
  const size = sizeOf(icc);
  const end = TABLE + ENTRY_BYTES * view.getUint32(TABLE - 4);
  if (size > icc.length || end > size) return damaged;
  const found = new Set<string>();
  for (let at = TABLE; at < end; at += ENTRY_BYTES) {
    if (view.getUint32(at + 4) + view.getUint32(at + 8) > size) return damaged;
    found.add(signature(icc, at));
  }
  return sets.some((tags) => tags.every((tag) => found.has(tag))) ? undefined : damaged;
}

function sizeOf({ buffer, byteOffset }: Uint8Array): number {
  return new DataView(buffer, byteOffset).getUint32(0);
}

function signature(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
