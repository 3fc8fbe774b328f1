// The sections that say something about an image and change none of its pixels: ICC profile, EXIF, XMP
// (FORMAT.md). Their contents are handed on to the byte and looked at by nobody here.
import { findSection, type Section } from './format.js';
import type { ImageMetadata } from './image.js';

/** Types of the sections in the container, in the order they are written. */
const TYPES = { icc: 'iccp', exif: 'exif', xmp: 'xmpp' } as const;

/** The sections of an image's metadata; none for what it lacks, or has empty. */
export function metadataSections(metadata: ImageMetadata): Section[] {
  return Object.entries(TYPES).flatMap(([kind, type]) => {
    const payload = metadata[kind as keyof typeof TYPES];
    return payload === undefined || payload.length === 0 ? [] : [{ type, payload }];
  });
}

/**
 * Asserts that no kind of metadata stands in two sections.
 *
 * @throws {CorruptFileError} if one does.
 */
export function checkMetadata(sections: readonly Section[]): void {
  for (const type of Object.values(TYPES)) findSection(sections, type);
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
