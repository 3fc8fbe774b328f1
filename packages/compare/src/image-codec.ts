// What a codec is to a comparison. The codecs themselves are in modules of their own; codecs.ts lists them.
import type { RawImage } from '@nacre/codec';
import { checkFunction, checkObject } from '@nacre/codec/internal';
import type { ExternalTool } from './external-tool.js';

/** A lossy image codec with one knob. */
export interface ImageCodec {
  /** For tables and plots. */
  readonly name: string;
  /** Encodes an image to a whole file; quality is an integer in 1..100. */
  encode(image: RawImage, quality: number): Promise<Uint8Array>;
  /** Decodes such a file. */
  decode(file: Uint8Array): Promise<RawImage>;
}

/** A row of the table of codecs. */
export interface CodecRow {
  readonly name: string;
  /** The qualities it is measured at by default, which should cover about 0.1 to 3 bpp. */
  readonly qualities: readonly number[];
  /** What may follow the name after a colon, such as MODEL; missing if nothing may. */
  readonly variant?: string;
  /** Programs that it runs. */
  readonly requires?: ExternalTool;
  /** Version and settings in words, and everything that its files and images depend on, as JSON. */
  describe(variant?: string): Promise<{ readonly description: string; readonly identity: unknown }>;
  open(variant?: string): Promise<Omit<ImageCodec, 'name'>>;
}

/**
 * Asserts that an argument is a codec.
 *
 * @throws TypeError if it is not
 */
export function checkCodec(value: unknown): asserts value is ImageCodec {
  checkObject(value, 'codec');
  checkFunction((value as Partial<ImageCodec>).encode, 'codec.encode');
  checkFunction((value as Partial<ImageCodec>).decode, 'codec.decode');
}
