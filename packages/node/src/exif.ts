// What Nacre does with EXIF: it finds where it begins and whether it names a colour space, and sets the
// orientation to upright once the pixels are. Everything else in it stays as it is.

/** Tag of the orientation, in the first directory. */
const ORIENTATION = 0x0112;

/** The directories of EXIF and of interoperability, and what the latter says of colours. */
const EXIF_DIRECTORY = 0x8769;
const INTEROPERABILITY = 0xa005;
const INTEROPERABILITY_INDEX = 0x0001;

/** Types of 16-bit and 32-bit numbers. */
const SHORT = 3;
const LONG = 4;

/** Bytes of an entry of a directory. */
const ENTRY_BYTES = 12;

/** What may come before EXIF: in JPEG and others a name, in JPEG XL the offset of its beginning. */
const PREFIXES = ['Exif\0\0', '\0\0\0\0', ''];

/**
 * EXIF from its byte order mark on.
 *
 * @returns a view; undefined if this is no EXIF.
 */
export function withoutPrefix(exif: Uint8Array): Uint8Array | undefined {
  const text = String.fromCharCode(...exif.subarray(0, 10));
  const prefix = PREFIXES.find((start) => text.startsWith(start))!;
  const mark = text.slice(prefix.length, prefix.length + 4);
  return mark === 'II*\0' || mark === 'MM\0*' ? exif.subarray(prefix.length) : undefined;
}

/**
 * EXIF that says its image is upright.
 *
 * @param exif - from its byte order mark on; damaged ones are left as they are.
 * @returns a copy in which at most the value of the orientation has changed, to 1.
 */
export function upright(exif: Uint8Array): Uint8Array {
  // Not slice(), which for a Buffer copies nothing.
  const copy = new Uint8Array(exif);
  const { view, little } = viewOf(copy);
  for (const at of entries(copy, firstDirectory(copy))) {
    if (view.getUint16(at, little) !== ORIENTATION) continue;
    const type = view.getUint16(at + 2, little);
    if (type === SHORT) view.setUint16(at + 8, 1, little);
    if (type === LONG) view.setUint32(at + 8, 1, little);
  }
  return copy;
}

/**
 * Whether EXIF says that colours are those of Adobe RGB: cameras write the file `R03` of DCF's optional colour
 * space, and no ICC profile.
 */
export function isAdobeRgb(exif: Uint8Array): boolean {
  const { view, little } = viewOf(exif);
  const follow = (directory: number, tag: number): number => {
    const at = entries(exif, directory).find((entry) => view.getUint16(entry, little) === tag);
    return at === undefined ? exif.length : view.getUint32(at + 8, little);
  };
  const interoperability = follow(follow(firstDirectory(exif), EXIF_DIRECTORY), INTEROPERABILITY);
  return entries(exif, interoperability).some(
    (at) =>
      view.getUint16(at, little) === INTEROPERABILITY_INDEX &&
      String.fromCharCode(...exif.subarray(at + 8, at + 11)) === 'R03',
  );
}

function viewOf(exif: Uint8Array): { readonly view: DataView; readonly little: boolean } {
  const view = new DataView(exif.buffer, exif.byteOffset, exif.length);
  return { view, little: exif[0] === 0x49 };
}

/** Where the first directory begins; the end of the EXIF if there is none. */
function firstDirectory(exif: Uint8Array): number {
  const { view, little } = viewOf(exif);
  return exif.length < 8 ? exif.length : view.getUint32(4, little);
}

/** Where the entries of a directory begin, those that are there. */
function entries(exif: Uint8Array, directory: number): readonly number[] {
  if (directory + 2 > exif.length) return [];
  const { view, little } = viewOf(exif);
  const room = Math.floor((exif.length - directory - 2) / ENTRY_BYTES);
  const count = Math.min(room, view.getUint16(directory, little));
  return Array.from({ length: count }, (_, i) => directory + 2 + ENTRY_BYTES * i);
}
