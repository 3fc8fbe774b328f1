// The codecs that sharp offers, and the settings they are measured with.
import { checkInteger, expectedButReceived } from '@nacre/codec/internal';
import sharp, { type AvifOptions, type JpegOptions, type WebpOptions } from 'sharp';
import type { CodecRow, ImageCodec } from './image-codec.js';
import { checkRgb } from './rgb.js';

const { mozjpeg, webp, heif, aom } = sharp.versions;
const AVIF = `libheif ${heif}, libaom ${aom}, 8 bits, effort 4 of 9`;

/** What is passed to sharp, and the same in words. */
interface SharpSettings {
  readonly format: 'jpeg' | 'webp' | 'avif';
  readonly options: JpegOptions | WebpOptions | AvifOptions;
  readonly description: string;
  readonly qualities: readonly number[];
}

const SETTINGS = {
  jpeg: {
    format: 'jpeg',
    options: {
      chromaSubsampling: '4:2:0',
      optimiseCoding: true,
      progressive: true,
      mozjpeg: false,
    },
    description: '4:2:0, optimised Huffman tables, progressive; no trellis quantisation',
    qualities: [5, 10, 15, 20, 30, 40, 50, 60, 70, 80, 90, 95],
  },
  mozjpeg: {
    format: 'jpeg',
    options: { chromaSubsampling: '4:2:0', mozjpeg: true },
    description: `MozJPEG ${mozjpeg}: 4:2:0, trellis quantisation, optimised scans`,
    qualities: [5, 10, 15, 20, 30, 40, 50, 60, 70, 80, 90, 95],
  },
  webp: {
    format: 'webp',
    options: { effort: 6 },
    description: `libwebp ${webp}: 4:2:0, effort 6 of 6`,
    qualities: [1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95],
  },
  avif: {
    format: 'avif',
    options: { chromaSubsampling: '4:4:4', effort: 4, bitdepth: 8, tune: 'iq' },
    description: `${AVIF}, 4:4:4, tune iq: the defaults of sharp`,
    qualities: [10, 20, 30, 40, 50, 60, 70, 80, 90],
  },
  'avif-420': {
    format: 'avif',
    options: { chromaSubsampling: '4:2:0', effort: 4, bitdepth: 8, tune: 'iq' },
    description: `${AVIF}, 4:2:0, tune iq`,
    qualities: [10, 20, 30, 40, 50, 60, 70, 80, 90],
  },
  'avif-psnr': {
    format: 'avif',
    options: { chromaSubsampling: '4:2:0', effort: 4, bitdepth: 8, tune: 'psnr' },
    description: `${AVIF}, 4:2:0, tune psnr`,
    qualities: [10, 20, 30, 40, 50, 60, 70, 80, 90],
  },
} as const satisfies Readonly<Record<string, SharpSettings>>;

/** The codecs of sharp. */
export const SHARP_CODECS: readonly CodecRow[] = Object.entries<SharpSettings>(SETTINGS).map(
  ([name, { format, options, description, qualities }]) => ({
    name,
    qualities,
    describe: async () => ({
      description: `sharp ${sharp.versions.sharp}, ${description}`,
      identity: [format, options, sharp.versions],
    }),
    open: async () => sharpCodec(name),
  }),
);

/**
 * One of sharp's codecs.
 *
 * @param name - `jpeg`, `mozjpeg`, `webp`, `avif` (sharp's defaults), `avif-420` or `avif-psnr`
 * @throws TypeError for an unknown name
 * @example
 * ```ts
 * const file = await sharpCodec('avif').encode(photo, 50);
 * ```
 */
export function sharpCodec(name: string): ImageCodec {
  if (typeof name !== 'string' || !Object.hasOwn(SETTINGS, name)) {
    throw new TypeError(expectedButReceived(Object.keys(SETTINGS).join(' | '), 'name', name));
  }
  const { format, options } = SETTINGS[name as keyof typeof SETTINGS];
  return {
    name,
    async encode(image, quality) {
      checkRgb(image, 'image');
      checkInteger(quality, 1, 100, 'quality');
      const { width, height, data } = image;
      return await sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false })
        .toFormat(format, { ...options, quality })
        .toBuffer();
    },
    async decode(file) {
      const { data, info } = await sharp(file, { limitInputPixels: false })
        .toColourspace('srgb')
        .removeAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true });
      return { width: info.width, height: info.height, channels: 3, data };
    },
  };
}
