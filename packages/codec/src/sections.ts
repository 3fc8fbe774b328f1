// The one table of the sections of a .ncr file: what this version reads, by which function, and writes in
// which order (FORMAT.md). A new section needs a row here and a module that reads and writes its payload.
import { ALPHA_TYPE, readAlphaSection } from './alpha-section.js';
import { CorruptFileError } from './errors.js';
import { type Container, newerFormatError, type Section } from './format.js';
import type { ImageMetadata } from './image.js';
import { readTileSection, TILE_TYPE, type TileStreams, type Tolerance } from './tile-section.js';

/** How the payload of a section is read. */
interface SectionType<Content> {
  /**
   * Four letters. A decoder that does not know a type must refuse the file if the first letter is an upper
   * case one (the section is essential), and skip the section otherwise.
   */
  readonly type: string;
  /**
   * Reads the payload; gives undefined for a section that is damaged or incomplete and that the image can do
   * without, if that is tolerated.
   */
  readonly read: (section: Section, image: Container, tolerance: Tolerance) => Content | undefined;
}

/** Bits of a sample of the image that the file was made from, if more than 8 (FORMAT.md). */
function readBits({ payload, damaged }: Section): number | undefined {
  if (damaged) return undefined;
  const [bits = 0] = payload;
  if (payload.length === 1 && bits > 8 && bits <= 16) return bits;
  throw new CorruptFileError('The section bits is not a number in 9..16: get a good copy of it.');
}

const readBytes = ({ payload, damaged }: Section): Uint8Array | undefined =>
  damaged ? undefined : payload;

/** What the sections of a file hold, metadata as views into the file. */
export interface SectionContents extends ImageMetadata {
  readonly tiles?: TileStreams;
  readonly alpha?: TileStreams;
  readonly bits?: number;
}

/** All sections by the name of their content, in the order in which they are written. */
const SECTIONS: {
  readonly [Name in keyof SectionContents]-?: SectionType<NonNullable<SectionContents[Name]>>;
} = {
  tiles: {
    type: TILE_TYPE,
    // Each tile has a checksum of its own.
    read: ({ payload }, { width, height }, tolerance) =>
      readTileSection(payload, width, height, tolerance),
  },
  alpha: {
    type: ALPHA_TYPE,
    read: ({ payload }, { width, height }, tolerance) =>
      readAlphaSection(payload, width, height, tolerance),
  },
  bits: { type: 'bits', read: readBits },
  icc: { type: 'iccp', read: readBytes },
  exif: { type: 'exif', read: readBytes },
  xmp: { type: 'xmpp', read: readBytes },
};

/** What to write into the sections of a file. */
export type SectionPayloads = {
  readonly [Name in keyof SectionContents]?: Uint8Array | undefined;
};

/**
 * Reads all sections that this version knows.
 *
 * @returns their contents, and the types of damaged sections of which nothing can be used.
 * @throws {@link FormatError} for an essential section of an unknown type.
 * @throws {@link CorruptFileError} for damage that cannot be tolerated, and for two sections of one type.
 */
export function readSections(
  container: Container,
  tolerance: Tolerance,
): { contents: SectionContents; missing: string[] } {
  checkEssential(container.sections);
  const contents: Partial<Record<string, unknown>> = {};
  const readable = new Set<string>();
  for (const [name, { type, read }] of Object.entries<SectionType<unknown>>(SECTIONS)) {
    const section = findSection(container.sections, type);
    const content = section && read(section, container, tolerance);
    if (content === undefined) continue;
    contents[name] = content;
    readable.add(type);
  }
  const types = Object.values(SECTIONS).map(({ type }) => type);
  const missing = container.sections
    .filter(({ type, damaged }) => (types.includes(type) ? !readable.has(type) : damaged))
    .map(({ type }) => type);
  return { contents: contents as SectionContents, missing };
}

/**
 * The sections that hold some payloads, in the order in which they belong into a file; none for an empty
 * payload.
 */
export function listSections(payloads: SectionPayloads): Section[] {
  return Object.entries(SECTIONS).flatMap(([name, { type }]) => {
    const payload = payloads[name as keyof SectionPayloads];
    return payload === undefined || payload.length === 0 ? [] : [{ type, payload }];
  });
}

function checkEssential(sections: readonly Section[]): void {
  const known = Object.values(SECTIONS).map(({ type }) => type);
  const unknown = sections.find(({ type }) => /^[A-Z]/.test(type) && !known.includes(type));
  if (unknown) throw newerFormatError(`it needs the section ${unknown.type}`);
}

function findSection(sections: readonly Section[], type: string): Section | undefined {
  const found = sections.filter((section) => section.type === type);
  if (found.length > 1) {
    throw new CorruptFileError(
      `The file has ${found.length} sections ${type} where 1 belongs: get a good copy of it.`,
    );
  }
  return found[0];
}
