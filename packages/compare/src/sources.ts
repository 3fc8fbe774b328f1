// The images of a comparison: which files there are, what they contain, and which are left out.
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { defaultMaxPixels, readImage } from '@nacre/node';
import sharp from 'sharp';
import type { Cache } from './cache.js';

/** Files in folders are tried if their names look like this; files that were named are always tried. */
const IMAGE = /\.(png|jpe?g|webp|avif|gif|tiff?)$/i;

/** Formats that are mostly lossy. */
const LOSSY: Readonly<Record<string, string>> = { jpeg: 'JPEG', webp: 'WebP', heif: 'AVIF' };

/** An image that can be measured. */
export interface Source {
  /** The file's name, or its path if two files have the same name. */
  readonly name: string;
  /** The path. */
  readonly file: string;
  /** Of the file, in hexadecimal. */
  readonly sha256: string;
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** What reading it changed, and whether it was compressed with loss before. */
  readonly notices: readonly string[];
}

/** Something that is missing from the result, and why. */
export interface LeftOut {
  /** A path, a codec or a metric. */
  readonly what: string;
  /** The reason, in words. */
  readonly why: string;
}

/**
 * Finds and tries all images.
 *
 * @param paths - files, and folders, whose files are used but not their folders
 * @param cache - stores what files contain, so that they need not be decoded again
 * @param workers - how many images will be in memory at once
 * @throws the system's error for a path that does not exist
 */
export async function findSources(
  paths: readonly string[],
  cache: Cache,
  workers: number,
): Promise<{ sources: Source[]; leftOut: LeftOut[] }> {
  const files: string[] = [];
  const leftOut: LeftOut[] = [];
  for (const path of paths) {
    if (!(await stat(path)).isDirectory()) {
      files.push(path);
      continue;
    }
    for (const entry of (await readdir(path, { withFileTypes: true })).toSorted(byName)) {
      if (entry.isDirectory() || entry.name.startsWith('.')) continue;
      const file = join(path, entry.name);
      if (IMAGE.test(entry.name)) files.push(file);
      else leftOut.push({ what: file, why: 'its name is not that of an image' });
    }
  }
  const names = files.map((file) => basename(file));
  const sources: Source[] = [];
  for (const [i, file] of files.entries()) {
    const unique = names.indexOf(names[i]!) === names.lastIndexOf(names[i]!);
    try {
      const source = await inspect(file, unique ? names[i]! : file, cache, workers);
      const twin = sources.find(({ sha256 }) => sha256 === source.sha256);
      if (twin) leftOut.push({ what: file, why: `it is the same file as ${twin.name}` });
      else sources.push(source);
    } catch (error) {
      leftOut.push({ what: file, why: (error as Error).message });
    }
  }
  return { sources, leftOut };
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}

async function inspect(file: string, name: string, cache: Cache, workers: number): Promise<Source> {
  const bytes = await readFile(file);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const key = ['source', sha256, sharp.versions];
  type Facts = Pick<Source, 'width' | 'height' | 'notices'>;
  let facts = (await cache.get(key)) as Facts | undefined;
  if (!facts) {
    const notices: string[] = [];
    const { width, height, channels } = await readImage(bytes, {
      strip: true,
      maxPixels: Math.max(1, Math.floor(defaultMaxPixels() / workers)),
      onNotice: (text) => notices.push(text),
    });
    if (channels % 2 === 0) notices.push('Composited the transparency over white.');
    const lossy = LOSSY[(await sharp(bytes).metadata()).format ?? ''];
    if (lossy) {
      notices.push(
        `Its source is ${lossy}, which is lossy: that favours codecs akin to it. Use a lossless image if you have one.`,
      );
    }
    facts = { width, height, notices };
    await cache.set(key, facts);
  }
  return { name, file, sha256, ...facts };
}
