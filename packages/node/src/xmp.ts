// The one thing that Nacre does to XMP: it makes the orientation upright once the pixels are. Everything else in
// it stays as it is.

const TIFF_NAMESPACE = 'http://ns.adobe.com/tiff/1.0/';

/**
 * XMP that says its image is upright, as an attribute (`tiff:Orientation="6"`) or an element
 * (`<tiff:Orientation>6</tiff:Orientation>`), with any prefix bound to the namespace of TIFF.
 *
 * @param xmp - a packet in UTF-8; one in another encoding is left as it is.
 * @returns a copy of the same length in which at most the orientation has changed, to 1.
 */
export function uprightXmp(xmp: Uint8Array): Uint8Array {
  // Latin-1 keeps every byte in its place.
  const text = Buffer.from(xmp).toString('latin1');
  const prefixes = new Set(['tiff']);
  for (const [, prefix, , uri] of text.matchAll(/xmlns:([\w.-]+)\s*=\s*(["'])([^"']*)\2/g)) {
    if (uri === TIFF_NAMESPACE) prefixes.add(prefix!);
  }
  let changed = text;
  for (const prefix of prefixes) {
    const name = `${prefix.replace(/[.-]/g, '\\$&')}:Orientation`;
    changed = changed
      .replace(
        new RegExp(`(\\s${name}\\s*=\\s*["']\\s*)[2-8](?=\\s*["'])`, 'g'),
        (_, before: string) => `${before}1`,
      )
      .replace(
        new RegExp(`(<${name}(?:\\s[^<>]*)?>\\s*)[2-8](?=\\s*</)`, 'g'),
        (_, before: string) => `${before}1`,
      );
  }
  return new Uint8Array(Buffer.from(changed, 'latin1'));
}
