// The worker for all work on pixels but Nacre's own: reading images, the other codecs, PSNR, maps. It
// keeps the pixels, so that the page's own thread never touches one. Its other end is session.ts.

import { psnr, type RawImage, readImage, type Size, toBlob } from '@nacre/web';
import * as Comlink from 'comlink';
import { paintBits, paintErrors, type Regions, type Rgba } from './heat-map.js';
import { nearest } from './nearest.js';
import { encoderOf, type OtherCodec } from './other-codecs.js';

/** The images that can be shown. */
export type ImageName = 'original' | 'nacre' | 'other';

/** How an image can be shown: its pixels, what its regions cost, how it differs from the original. */
export type Look = 'pixels' | 'bits' | 'errors';

/** What the other codec shall have in common with Nacre. */
export type Target = { readonly bytes: number } | { readonly psnr: number };

/** What is known of another codec's encoding. */
export interface OtherFacts {
  readonly bytes: number;
  readonly psnr: number;
  readonly quality: number;
  readonly encodeMs: number;
  readonly decodeMs: number;
  /** What has written it. */
  readonly by: string;
}

interface Coded extends OtherFacts {
  readonly file: Blob;
}

const images: Partial<Record<ImageName, ImageData>> = {};

/** What the other codecs have made of the present original, by codec and quality. */
const encodings = new Map<string, Coded>();

/** Counts the searches: only the latest goes on. */
let latest = 0;

/** Counts the images: one that takes long to read must not replace a later one. */
let opened = 0;

/** PSNR as images are seen on the page: codecs may change the colours of what is transparent. */
function psnrOverWhite(a: ImageData, b: ImageData): number {
  return psnr(rawOf(a), rawOf(b), { overWhite: true });
}

function rawOf({ width, height, data }: ImageData): RawImage {
  return { width, height, channels: 4, data: data as Uint8ClampedArray };
}

const lab = {
  /**
   * Reads an image file, which becomes the original.
   *
   * @returns its size.
   * @throws as `readImage` of `@nacre/web`; an `AbortError` if another was opened meanwhile.
   */
  async open(file: Blob): Promise<Size> {
    const turn = ++opened;
    const image = await readImage(file);
    if (turn !== opened) throw new DOMException('A later image was opened.', 'AbortError');
    lab.close();
    images.original = image;
    return { width: image.width, height: image.height };
  },

  /** The original's pixels, for Nacre: a copy that is handed over. */
  copyOriginal(): Rgba {
    const { width, height, data } = images.original!;
    const copy = new Uint8ClampedArray(data);
    return Comlink.transfer({ width, height, data: copy }, [copy.buffer]);
  },

  /** Forgets all images. */
  close(): void {
    latest++;
    opened++;
    for (const name of ['original', 'nacre', 'other'] as const) delete images[name];
    encodings.clear();
  },

  /**
   * Takes what Nacre has decoded.
   *
   * @returns its PSNR if there is an original.
   */
  takeDecoded({ data, width, height }: Rgba): number | undefined {
    images.nacre = new ImageData(data, width, height);
    return images.original && psnrOverWhite(images.original, images.nacre);
  },

  /**
   * Finds the encoding of the original that is nearest to a target, which becomes the other image.
   * A later call ends an earlier one.
   *
   * @throws an `AbortError` if there was a later one.
   */
  async findOther(codec: OtherCodec, target: Target): Promise<OtherFacts> {
    const search = ++latest;
    const original = images.original!;
    const { range, by, encode } = await encoderOf(codec);
    const attempt = async (quality: number): Promise<Coded> => {
      if (search !== latest) throw new DOMException('A later search has begun.', 'AbortError');
      const key = `${codec} ${quality}`;
      const known = encodings.get(key);
      if (known) return known;
      const start = performance.now();
      const file = await encode(original, quality);
      const encoded = performance.now();
      const image = await readImage(file);
      const decoded = performance.now();
      const coded = {
        file,
        bytes: file.size,
        psnr: psnrOverWhite(original, image),
        quality,
        encodeMs: encoded - start,
        decodeMs: decoded - encoded,
        by,
      };
      if (search === latest) encodings.set(key, coded);
      return coded;
    };
    const best = await nearest(
      'bytes' in target
        ? { range, attempt, target: target.bytes, rank: (coded) => coded.bytes }
        : { range, attempt, target: target.psnr, rank: (coded) => coded.psnr },
    );
    const image = await readImage(best.file);
    if (search !== latest) throw new DOMException('A later search has begun.', 'AbortError');
    images.other = image;
    const { file: _, ...facts } = best;
    return facts;
  },

  /** An image to show; undefined if there is none, or nothing to compare it with. */
  async show(name: ImageName, look: Look, map?: Regions): Promise<ImageBitmap | undefined> {
    const image = images[name];
    if (!image) return undefined;
    const { data, width, height } = image as Rgba;
    let shown = image;
    if (look === 'bits' && map)
      shown = new ImageData(paintBits({ data, width, height }, map), width);
    if (look === 'errors') {
      if (!images.original) return undefined;
      shown = new ImageData(paintErrors(images.original.data, data), width);
    }
    const bitmap = await createImageBitmap(shown);
    return Comlink.transfer(bitmap, [bitmap]);
  },

  /** What Nacre has decoded, as a PNG file. */
  async png(): Promise<Blob> {
    return await toBlob(images.nacre!, 'png');
  },
};

/** What the page can ask for. */
export type Lab = typeof lab;

Comlink.expose(lab);
