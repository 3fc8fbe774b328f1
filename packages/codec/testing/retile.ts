// The same image in tiles of another side: files with more tiles than the encoder would make of a small image.
import { type Model, pack, parse, type RawImage } from '@nacre/codec';
import { bytesOf, partsOf, payloadOf, repairSections, repairTiles } from './ncr-parts.js';

/**
 * Codes the integers of a file again, in other tiles.
 *
 * @param log2Side - log2 of the tile side in pixels, 6..16.
 */
export async function retile(
  model: Model,
  bytes: Uint8Array,
  log2Side: number,
): Promise<Uint8Array> {
  return await pack(model, { ...(await parse(model, bytes)), tileSide: 2 ** log2Side });
}

/**
 * Writes the alpha of a file anew, raw (FORMAT.md's mode 3).
 *
 * @param bytes a file with the section `Alph`.
 * @param image what it decodes to.
 * @param log2Side as for {@link retile}.
 */
export function retileAlpha(bytes: Uint8Array, image: RawImage, log2Side: number): Uint8Array {
  const { width, height, channels, data } = image;
  const side = 2 ** log2Side;
  const streams: Uint8Array[] = [];
  for (let top = 0; top < height; top += side) {
    for (let left = 0; left < width; left += side) {
      const stream = [3];
      for (let y = top; y < Math.min(top + side, height); y++) {
        for (let x = left; x < Math.min(left + side, width); x++) {
          stream.push(data[channels * (width * y + x + 1) - 1]!);
        }
      }
      streams.push(Uint8Array.from(stream));
    }
  }
  return withStreams(bytes, 'Alph', log2Side, streams);
}

function withStreams(
  bytes: Uint8Array,
  type: string,
  log2Side: number,
  streams: readonly Uint8Array[],
): Uint8Array {
  const tiles = streams.map((stream) => ({ size: new Uint8Array(), checksum: 0, stream }));
  repairTiles({ log2Side, tiles });
  const parts = partsOf(bytes);
  const section = parts.sections.find((one) => String.fromCharCode(...one.type) === type)!;
  section.payload = payloadOf({ log2Side, tiles });
  repairSections(parts);
  return bytesOf(parts);
}
