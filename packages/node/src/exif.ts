// The two things that Nacre does to EXIF: finds where it begins, and makes its orientation upright once the
// pixels are. Everything else in it stays as it is.

/** Tag of the orientation, in the first directory. */
const ORIENTATION = 0x0112;

/** Type of a 16-bit number. */
const SHORT = 3;

/** Bytes of an entry of a directory. */
const ENTRY_BYTES = 12;

/**
 * EXIF from its byte order mark on: JPEG and others put `Exif` and two zeros before it.
 *
 * @returns a view; undefined if this is no EXIF.
 */
export function withoutPrefix(exif: Uint8Array): Uint8Array | undefined {
  const start = String.fromCharCode(...exif.subarray(0, 6)) === 'Exif\0\0' ? 6 : 0;
  const mark = String.fromCharCode(...exif.subarray(start, start + 4));
  return mark === 'II*\0' || mark === 'MM\0*' ? exif.subarray(start) : undefined;
}

/**
 * EXIF that says its image is upright.
 *
 * @param exif from its byte order mark on; damaged ones are left as they are.
 * @returns a copy in which at most the value of the orientation has changed, to 1.
 */
export function upright(exif: Uint8Array): Uint8Array {
  // Not slice(), which for a Buffer copies nothing.
  const copy = new Uint8Array(exif);
  const view = new DataView(copy.buffer);
  const little = copy[0] === 0x49;
  if (copy.length < 8) return copy;
  const directory = view.getUint32(4, little);
  if (directory + 2 > copy.length) return copy;
  const count = view.getUint16(directory, little);
  for (let i = 0; i < count; i++) {
    const entry = directory + 2 + ENTRY_BYTES * i;
    if (entry + ENTRY_BYTES > copy.length) break;
    if (view.getUint16(entry, little) !== ORIENTATION) continue;
    if (view.getUint16(entry + 2, little) === SHORT) view.setUint16(entry + 8, 1, little);
  }
  return copy;
}
