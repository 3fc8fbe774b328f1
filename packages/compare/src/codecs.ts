// The codecs that can be compared: one row each. To add one, write its row in a module and list it here.
import { expectedButReceived } from '@nacre/codec/internal';
import type { CodecRow, ImageCodec } from './image-codec.js';
import { JXL } from './jxl-codec.js';
import { NACRE } from './nacre-codec.js';
import { SHARP_CODECS } from './sharp-codecs.js';

const CODECS: readonly CodecRow[] = [NACRE, ...SHARP_CODECS, JXL];

/** Measured where none are named. */
export const DEFAULT_CODECS: readonly string[] = ['nacre', 'avif', 'jxl', 'webp', 'mozjpeg'];

/** The names of all codecs; in capitals, what may be added to a name, as in `nacre[:MODEL]`. */
export const CODEC_NAMES: readonly string[] = CODECS.map(({ name, variant }) =>
  variant === undefined ? name : `${name}[:${variant}]`,
);

/** A codec by name, such as `avif` or `nacre:photo-6`. */
export interface NamedCodec {
  readonly row: CodecRow;
  readonly variant: string | undefined;
}

/**
 * Finds a codec.
 *
 * @param name - one of {@link CODEC_NAMES}
 * @param argument - what the caller knows the name as
 * @throws TypeError if there is none of that name
 */
export function findCodec(name: string, argument = 'name'): NamedCodec {
  const [, start, variant] =
    typeof name === 'string' ? (name.match(/^([^:]*)(?::(.+))?$/s) ?? []) : [];
  const row = CODECS.find((one) => one.name === start);
  if (!row || (variant !== undefined && row.variant === undefined)) {
    throw new TypeError(expectedButReceived(CODEC_NAMES.join(' | '), argument, name));
  }
  return { row, variant };
}

/** Whether there is a codec of that name. */
export function isCodecName(name: string): boolean {
  try {
    findCodec(name);
    return true;
  } catch {
    return false;
  }
}

/**
 * Makes a codec ready for use.
 *
 * @param name - one of {@link CODEC_NAMES}
 * @throws TypeError for an unknown name; CodecError for a model that is missing or damaged
 * @example
 * ```ts
 * const file = await (await openCodec('nacre:photo-6')).encode(photo, 50);
 * ```
 */
export async function openCodec(name: string): Promise<ImageCodec> {
  const { row, variant } = findCodec(name);
  return { ...(await row.open(variant)), name };
}
