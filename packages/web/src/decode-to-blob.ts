// From a .ncr file to an image file that every part of a browser shows, saves and prints.

import { type DecodedImage, openNcr } from '@nacre/codec';
import { type DecodedImageData, withDamage } from './decoded-image-data.js';
import type { Size } from './header.js';
import { toBlob } from './image.js';
import { type DecodeOptions, decode } from './index.js';

/** A decoded image as a PNG file. */
export interface DecodedBlob extends Size, Pick<DecodedImage, 'damaged' | 'missing'> {
  readonly blob: Blob;
}

/** What {@link decodeToBlob} takes: what `decode` does, with previews as files. */
export interface DecodeToBlobOptions extends Omit<DecodeOptions, 'onPreview'> {
  readonly onPreview?: ((preview: DecodedBlob) => void) | undefined;
  /**
   * Takes the beginning of a file that is still being fetched, as `openNcr` does: with scale 1/8, a preview of
   * what has come. False by default.
   */
  readonly incomplete?: boolean | undefined;
}

/**
 * Decodes a file as `decode` does, to a PNG file in sRGB.
 *
 * @throws as `decode`.
 * @example
 * ```ts
 * const { blob } = await decodeToBlob(bytes, { model });
 * img.src = URL.createObjectURL(blob);
 * ```
 */
export async function decodeToBlob(
  bytes: Uint8Array,
  options: DecodeToBlobOptions,
): Promise<DecodedBlob> {
  const { onPreview, incomplete = false, ...job } = options;
  let shown: Promise<void> | undefined;
  const show = (preview: DecodedImageData): void => {
    shown = toPng(preview).then((file) => {
      if (!job.signal?.aborted) onPreview?.(file);
    });
    // Awaited below, if the image comes at all.
    shown.catch(() => {});
  };
  const source = incomplete ? openNcr(bytes, { incomplete }) : bytes;
  const partial = incomplete || job.partial;
  const image = await decode(source, { ...job, partial, onPreview: onPreview && show });
  await shown;
  return await toPng(image);
}

async function toPng(image: DecodedImageData): Promise<DecodedBlob> {
  const { width, height } = image;
  return withDamage({ width, height, blob: await toBlob(image, 'png') }, image);
}
