// The same image in tiles of another side, coded by FORMAT.md with the public coder and the model's
// networks: files with more tiles than the encoder would make of a small image.
import { type Model, parse, type RawImage } from '@nacre/codec';
import { RansEncoder } from '@nacre/codec/internal';
import { bytesOf, partsOf, payloadOf, repairSections, repairTiles } from './ncr-parts.js';

/** A tile, or an image, in hyper-latents. */
interface Window {
  readonly top: number;
  readonly left: number;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Codes the integers of a file anew.
 *
 * @param log2Side log2 of the tile side in pixels, 6..16.
 */
export async function retile(
  model: Model,
  bytes: Uint8Array,
  log2Side: number,
): Promise<Uint8Array> {
  const { info, symbols, hyperSymbols } = await parse(model, bytes);
  const [rows, columns] = [Math.ceil(info.height / 64), Math.ceil(info.width / 64)];
  const side = 2 ** log2Side / 64;
  const streams: Uint8Array[] = [];
  for (let top = 0; top < rows; top += side) {
    for (let left = 0; left < columns; left += side) {
      const tile = {
        top,
        left,
        rows: Math.min(side, rows - top),
        columns: Math.min(side, columns - left),
      };
      const z = cut(hyperSymbols, rows, columns, tile, 1);
      const y = cut(symbols, rows, columns, tile, 4);
      streams.push(await encodeTile(model, info.level, tile, z, y));
    }
  }
  return withStreams(bytes, 'TILE', log2Side, streams);
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

/** A tile of all channels of an image, of `stride` cells a hyper-latent along each side. */
function cut(
  planes: Int32Array,
  rows: number,
  columns: number,
  tile: Window,
  stride: number,
): Int32Array {
  const [height, width] = [stride * rows, stride * columns];
  const cells: number[] = [];
  for (let origin = 0; origin < planes.length; origin += height * width) {
    for (let row = 0; row < stride * tile.rows; row++) {
      const start = origin + (stride * tile.top + row) * width + stride * tile.left;
      cells.push(...planes.subarray(start, start + stride * tile.columns));
    }
  }
  return Int32Array.from(cells);
}

async function encodeTile(
  model: Model,
  level: number,
  { rows, columns }: Window,
  z: Int32Array,
  y: Int32Array,
): Promise<Uint8Array> {
  const { latentChannels: channels, hyperChannels } = model.description.bitstream;
  const [height, width] = [4 * rows, 4 * columns];
  const size = height * width;
  const stepOf = (channel: number, place: number): number => {
    const [row, column] = [Math.floor(place / width), place % width];
    return (2 * ((row + column) % 2) + (row % 2)) ^ (channel % 4);
  };
  const encoder = new RansEncoder(model.tables);
  const hyperRows = model.getHyperTableRows(level);
  encoder.put(
    z,
    Uint8Array.from(z, (_, i) => hyperRows[Math.floor(i / (rows * columns))]!),
  );
  for (let step = 0; step < 4; step++) {
    const context = Float32Array.from({ length: (channels + 4) * size }, (_, i) => {
      const channel = Math.floor(i / size);
      const isKnown = stepOf(channel < channels ? channel : channel - channels, i % size) < step;
      if (!isKnown) return 0;
      return channel < channels ? Math.min(Math.abs(y[i]!), 15) : 15;
    });
    const { scale_index } = await model.run(
      'scales',
      {
        z: { data: Float32Array.from(z), dims: [1, hyperChannels, rows, columns] },
        context: { data: context, dims: [1, channels + 4, height, width] },
        level: { data: Int32Array.of(level), dims: [1] },
      },
      { scale_index: [1, channels, height, width] },
    );
    const places = [...y.keys()].filter((i) => stepOf(Math.floor(i / size), i % size) === step);
    encoder.put(
      Int32Array.from(places, (i) => y[i]!),
      Uint8Array.from(places, (i) => scale_index[i]!),
    );
  }
  return encoder.finish();
}
