// The sections that say something about a picture and change none of its pixels: ICC profile, EXIF, XMP
// (FORMAT.md). Their contents are handed on to the byte and looked at by nobody here.
import { findSection, type Section } from './format.js';
import type { ImageMetadata } from './image.js';
import { readFile } from './info.js';

/** Types of the sections in the container, in the order they are written. */
const TYPES = { icc: 'iccp', exif: 'exif', xmp: 'xmpp' } as const;

/** The sections of a picture's metadata; none for what it lacks, or has empty. */
export function metadataSections(metadata: ImageMetadata): Section[] {
  return Object.entries(TYPES).flatMap(([kind, type]) => {
    const payload = metadata[kind as keyof typeof TYPES];
    return payload === undefined || payload.length === 0 ? [] : [{ type, payload }];
  });
}

/**
 * The metadata that sections hold; what they lack is not a property.
 *
 * @throws {CorruptFileError} if there are two sections of a type.
 */
export function metadataOf(sections: readonly Section[]): ImageMetadata {
  const metadata: Record<string, Uint8Array> = {};
  for (const [kind, type] of Object.entries(TYPES)) {
    const payload = findSection(sections, type);
    if (payload !== undefined) metadata[kind] = new Uint8Array(payload);
  }
  return metadata;
}

/**
 * The ICC profile, EXIF and XMP of a `.ncr` file; no pixel is decoded, and no model needed.
 *
 * @param bytes the whole file.
 * @throws {FormatError} if this is no `.ncr` file, or one that needs a later decoder.
 * @throws {CorruptFileError} if it was cut off, changed, or something follows it.
 * @example
 * const { icc, exif, xmp } = readMetadata(bytes);
 */
export function readMetadata(bytes: Uint8Array): ImageMetadata {
  return metadataOf(readFile(bytes, false).sections);
}
