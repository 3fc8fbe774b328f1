// The images where the first codec does best and worst, as all codecs show them at equal bytes.
import type { ImageRate } from './evaluate.js';
import type { Measurement } from './measure.js';
import type { Source } from './sources.js';
import type { Result } from './sweep.js';
import type { Crop } from './worker.js';

/** The rate that images are shown at: low enough for differences to be visible. */
const SHOWN_BPP = 0.25;

/** A crop of a codec's file. */
export interface ExampleVersion extends Crop {
  /** The name of the codec; `original` for the original. */
  readonly codec: string;
}

/** An image to look at: the same window of all codecs' files of about equal size. */
export interface Example {
  /** The name of the image. */
  readonly image: string;
  /** BD-rate of the first codec on this image alone, in per cent. */
  readonly percent: number;
  /** The original, then each codec. */
  readonly versions: readonly ExampleVersion[];
}

/** A crop that is wanted. */
export interface WantedCrop {
  readonly source: Source;
  readonly codec: string;
  /** Undefined for the original. */
  readonly bytes: number | undefined;
}

/**
 * The best and the worst image, each as all codecs have it with as many bytes as the first one.
 *
 * @param byImage - BD-rates of the first codec, most saved first
 * @param codecs - their names
 * @param cut - makes the crops
 */
export async function showExamples(
  byImage: readonly ImageRate[],
  measurements: readonly Measurement[],
  codecs: readonly string[],
  images: readonly Source[],
  cut: (wanted: readonly WantedCrop[]) => Promise<Result<Crop>[]>,
): Promise<Example[]> {
  const first = codecs[0]!;
  const shown = [...new Set([byImage[0], byImage.at(-1)])].filter((one) => one !== undefined);
  const examples: Example[] = [];
  for (const one of shown) {
    const source = images.find(({ name }) => name === one.image)!;
    const { bytes } = measurements
      .filter(({ image, codec }) => image === one.image && codec === first)
      .toSorted((a, b) => Math.abs(a.bpp - SHOWN_BPP) - Math.abs(b.bpp - SHOWN_BPP))[0]!;
    const crops = await cut([
      { source, codec: first, bytes: undefined },
      ...codecs.map((codec) => ({ source, codec, bytes })),
    ]);
    const names = ['original', ...codecs];
    const versions = crops.flatMap((crop, i) =>
      'result' in crop ? [{ codec: names[i]!, ...crop.result }] : [],
    );
    examples.push({ ...one, versions });
  }
  return examples;
}
