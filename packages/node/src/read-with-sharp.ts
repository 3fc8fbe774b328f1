// Reads what libvips can: JPEG, PNG, WebP, AVIF, GIF, TIFF and SVG. Samples come in the file's own colours and
// depth, but for those of CMYK and CIELAB, which libvips converts.

import sharp, { type Metadata, type Sharp } from 'sharp';
import { adobeRgb } from './colour-space.js';
import { isAdobeRgb, withoutPrefix } from './exif.js';
import { type Findings, latin1 } from './findings.js';
import { ignoredProfile, type ProfileSpace, readProfile } from './icc-profile.js';
import {
  type DecodedFile,
  damaged,
  type ImageFile,
  notAnImage,
  unsupported,
} from './image-file.js';
import { inspectGif } from './inspect-gif.js';
import { inspectHeif } from './inspect-heif.js';
import { inspectJpeg } from './inspect-jpeg.js';
import { inspectPng } from './inspect-png.js';
import { inspectTiff } from './inspect-tiff.js';
import { inspectWebp } from './inspect-webp.js';
import { scaleSamples } from './wide-samples.js';

/** What looks at the structure of a file, by its first bytes. */
const INSPECTORS: readonly (readonly [
  starts: (start: string) => boolean,
  inspect: (file: Uint8Array) => Findings,
])[] = [
  [(start) => start.startsWith('\xff\xd8'), inspectJpeg],
  [(start) => start.startsWith('\x89PNG\r\n'), inspectPng],
  [(start) => ['II*\0', 'II+\0', 'MM\0*', 'MM\0+'].includes(start.slice(0, 4)), inspectTiff],
  [(start) => start.startsWith('GIF8'), inspectGif],
  [(start) => start.startsWith('RIFF') && start.slice(8, 12) === 'WEBP', inspectWebp],
  [(start) => start.slice(4, 8) === 'ftyp', inspectHeif],
];

/** Colour spaces of libvips whose samples are the file's own red, green and blue, or grey. */
const DIRECT_SPACES = ['srgb', 'rgb', 'rgb16', 'scrgb', 'b-w', 'grey16', 'multiband'];
const GREY_SPACES = ['b-w', 'grey16'];

/** What a profile must be for; of RGB if not here. */
const PROFILE_SPACES: Readonly<Record<string, ProfileSpace>> = {
  'b-w': 'GRAY',
  grey16: 'GRAY',
  cmyk: 'CMYK',
  lab: 'Lab ',
  labs: 'Lab ',
};

/** Sizes are checked before pixels are read; channels that are not used are dropped. */
const LIMITS = { limitInputPixels: false, limitInputChannels: 64 } as const;

/**
 * Reads the header of a file.
 *
 * @param isUpright - ignores the orientation in EXIF: the pixels are upright as they are.
 */
export async function openWithSharp(
  original: Uint8Array,
  name: string,
  isUpright: boolean = false,
): Promise<ImageFile> {
  const start = latin1(original, 0, 16);
  const [, inspect] = INSPECTORS.find(([starts]) => starts(start)) ?? [];
  const findings = inspect?.(original) ?? { dropped: [] };
  if (findings.unsupported) throw unsupported(name, findings.unsupported);
  const file = forSharp(original, findings);
  const metadata = await readMetadata(file, name);
  if (isUpright) Object.assign(metadata, { orientation: 1 });
  const { width, height } = isUpright ? metadata : metadata.autoOrient;
  return {
    width,
    height,
    read: (allowDamaged) => readPixels(file, metadata, findings, name, allowDamaged),
  };
}

/** The file as libvips reads it best. */
function forSharp(file: Uint8Array, { imageBytes }: Findings): Uint8Array {
  // With a gain map behind it, libvips would take a JPEG for Ultra HDR, and drop its XMP.
  if (imageBytes !== undefined) return file.subarray(0, imageBytes);
  // libvips does not know image sequences by their brand, and yet reads their first image.
  if (latin1(file, 4, 12) !== 'ftypavis') return file;
  const copy = new Uint8Array(file);
  copy.set(Buffer.from('avif'), 8);
  return copy;
}

async function readMetadata(file: Uint8Array, name: string): Promise<Metadata> {
  try {
    return await sharp(file, { ...LIMITS, failOn: 'none' }).metadata();
  } catch (error) {
    // libvips knew the format by its first bytes, yet could not read the header behind them.
    const { message } = error as Error;
    if (!message.includes('corrupt header')) throw notAnImage(name, error);
    throw damaged(name, detailOf(message), error);
  }
}

async function readPixels(
  file: Uint8Array,
  metadata: Metadata,
  findings: Findings,
  name: string,
  allowDamaged: boolean,
): Promise<DecodedFile> {
  if (findings.damage && !allowDamaged) throw damaged(name, findings.damage);
  const isDirect = DIRECT_SPACES.includes(metadata.space);
  const { format } = metadata;
  const icc = metadata.icc ?? findings.icc;
  const space = PROFILE_SPACES[metadata.space] ?? 'RGB ';
  const profile = isDirect || !icc ? undefined : readProfile(icc, space);
  // Pixels that are cut off or damaged are an error; a mere oddity in a header is not. libjpeg only warns.
  const failOn = allowDamaged ? 'none' : format === 'jpeg' ? 'warning' : 'error';
  const source = sharp(file, {
    failOn,
    autoOrient: (metadata.orientation ?? 1) > 1,
    ...LIMITS,
    ignoreIcc: isDirect || profile?.kind !== 'table',
    page: metadata.pagePrimary ?? 0,
  });
  const pixels = await pixelsOf(source, metadata).catch((error: Error) => {
    throw damaged(name, detailOf(error.message), error);
  });
  const exif = (metadata.exif && withoutPrefix(new Uint8Array(metadata.exif))) ?? findings.exif;
  const xmp = findings.xmp ?? (metadata.xmp && new Uint8Array(metadata.xmp));
  const changes = changesOf(metadata, findings, profile?.kind === 'table');
  if (pixels.change) changes.push(pixels.change);
  if (profile?.kind === 'unusable') changes.push(ignoredProfile(profile.reason));
  const lost = metadata.exif && !exif ? ['EXIF'] : [];
  const hasAlpha =
    metadata.hasAlpha && metadata.channels - (findings.extraChannels ?? 0) > coloursOf(metadata);
  return {
    ...pixels,
    isGrey: isDirect && GREY_SPACES.includes(metadata.space),
    hasAlpha,
    colours: findings.colours ?? (exif && isAdobeRgb(exif) ? adobeRgb() : undefined),
    icc: isDirect && icc ? new Uint8Array(icc) : undefined,
    space,
    exif,
    xmp,
    changes,
    dropped: [...new Set([...lost, ...findings.dropped])],
  };
}

/** Samples of a pixel that are colours, in the file. */
function coloursOf({ space }: Metadata): number {
  return space === 'cmyk' ? 4 : GREY_SPACES.includes(space) ? 1 : 3;
}

type Pixels = Pick<DecodedFile, 'width' | 'height' | 'channels' | 'samples'> & {
  readonly change?: string;
};

async function pixelsOf(source: Sharp, metadata: Metadata): Promise<Pixels> {
  const { space, depth, channels } = metadata;
  const raw = async (image: Sharp, type: 'uchar' | 'ushort' | 'float') => {
    const { data, info } = await image.raw({ depth: type }).toBuffer({ resolveWithObject: true });
    return { data, width: info.width, height: info.height, channels: info.channels };
  };
  // libvips drops alpha where it writes grey.
  const isPlainGrey = GREY_SPACES.includes(space) && channels === 1;
  if (!DIRECT_SPACES.includes(space) || depth === 'uchar') {
    const { data, ...size } = await raw(
      source.toColourspace(isPlainGrey ? 'b-w' : 'srgb'),
      'uchar',
    );
    return { ...size, samples: data };
  }
  if (depth === 'ushort') {
    const deep = source
      .pipelineColourspace('rgb16')
      .toColourspace(isPlainGrey ? 'grey16' : 'rgb16');
    const { data, ...size } = await raw(deep, 'ushort');
    return { ...size, samples: new Uint16Array(data.buffer, data.byteOffset, data.length / 2) };
  }
  const own =
    isPlainGrey || channels > 2 ? source.pipelineColourspace(space).toColourspace(space) : source;
  const { data, ...size } = await raw(own, 'float');
  const isFloat = depth === 'float' || depth === 'double';
  const kind = isFloat ? 'floating-point' : `${metadata.bitsPerSample ?? 32}-bit`;
  const values = new Float32Array(data.buffer, data.byteOffset, data.length / 4);
  return { ...size, ...scaleSamples(values, isFloat, kind) };
}

/** What is done to any image of this kind. */
function changesOf(metadata: Metadata, findings: Findings, usesProfile: boolean): string[] {
  const { space, format, pages = 1, orientation = 1, isPalette } = metadata;
  const frames = Math.max(pages, findings.frames ?? 0);
  const changes: string[] = [];
  if (frames === 1 && findings.frames) changes.push('Kept 1 frame of an animation');
  if (frames > 1) changes.push(`Kept 1 of ${frames} frames or pages`);
  if (format === 'svg') changes.push('Drew the vector image at its nominal size');
  if (isPalette) changes.push('Expanded the palette to RGB');
  if (!DIRECT_SPACES.includes(space)) {
    const how = usesProfile ? ' by the embedded ICC profile' : '';
    changes.push(`Converted ${space.toUpperCase()} to sRGB${how}`);
  }
  if (orientation > 1) changes.push(`Turned the image as its EXIF orientation ${orientation} says`);
  return changes;
}

/** What libvips says, of which the last line with words in it tells most; it may not say any. */
function detailOf(message: string): string | undefined {
  const lines = message.replace(/^Input buffer has corrupt header:/, '').split('\n');
  return lines.findLast((line) => /[a-z]{2}/i.test(line))?.trim();
}
