// What every reader of image files gives, and the errors they throw. The readers are in readers.ts.

import { InputError } from '@nacre/codec/internal';
import type { Findings } from './findings.js';
import type { ProfileSpace } from './icc-profile.js';

/** An image file whose header has been read, and no pixel yet. */
export interface ImageFile {
  /** Of the image as it is seen: upright. */
  readonly width: number;
  readonly height: number;
  /**
   * Decodes the pixels.
   *
   * @param allowDamaged - takes what is there of a damaged file.
   * @throws {@link InputError} `TRUNCATED_IMAGE`.
   */
  read(allowDamaged: boolean): Promise<DecodedFile>;
}

/** The pixels of an image file and what belongs to them; the colours are still the file's own. */
export interface DecodedFile {
  readonly width: number;
  readonly height: number;
  /** Interleaved; 0..255, or 0..65535 if the file has more than 8 bits. */
  readonly samples: Uint8Array | Uint16Array;
  /** Samples of a pixel: alpha last, if there is any, and before it samples that are not used. */
  readonly channels: number;
  /** How many of them are colours: the first 1 or 3. */
  readonly isGrey: boolean;
  readonly hasAlpha: boolean;
  /** What the samples mean without an ICC profile. */
  readonly colours?: Findings['colours'];
  readonly icc?: Uint8Array | undefined;
  /** The colours that a profile must be for. */
  readonly space: ProfileSpace;
  readonly exif?: Uint8Array | undefined;
  readonly xmp?: Uint8Array | undefined;
  /** What has been done to the image, each as it begins a sentence: `Expanded the palette to RGB`. */
  readonly changes: readonly string[];
  /** What is not kept, as a sentence lists it. */
  readonly dropped: readonly string[];
}

/** The formats that are read without any other program, as messages list them. */
const READABLE = 'JPEG, PNG, WebP, AVIF, GIF, TIFF, SVG, BMP or PNM';

/** The error for a file that is not an image at all. */
export function notAnImage(name: string, cause?: unknown): InputError {
  return new InputError(
    'NOT_AN_IMAGE',
    `${name} is not an image: give a ${READABLE} file.`,
    cause === undefined ? undefined : { cause },
  );
}

/**
 * The error for an image of a kind that cannot be read.
 *
 * @param kind - such as `a 12-bit JPEG`.
 */
export function unsupported(
  name: string,
  kind: string,
  remedy = 'convert it to PNG first',
): InputError {
  return new InputError('NOT_AN_IMAGE', `${name} is ${kind}, which is not supported: ${remedy}.`);
}

/**
 * The error for a damaged image.
 *
 * @param detail - what a decoder said, if it said anything of use.
 */
export function damaged(name: string, detail?: string, cause?: unknown): InputError {
  return new InputError(
    'TRUNCATED_IMAGE',
    `${name} is cut short or damaged${detail ? ` (${detail})` : ''}: get a good copy of it, or allow damaged images.`,
    cause === undefined ? undefined : { cause },
  );
}
