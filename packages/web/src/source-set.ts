// The attributes srcset and sizes: which of several files a browser would take. The browser itself decides;
// here its choice is found out without loading any of them.

/** One entry of a srcset. */
export interface Candidate {
  readonly url: string;
  /** Such as `800w` or `2x`; empty for 1x. */
  readonly descriptor: string;
}

/** A GIF of one pixel: something for the browser to load in place of a candidate. */
const PIXEL = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';

/**
 * Splits a srcset as HTML does (section 4.8.4.3.11, parsing a srcset attribute).
 *
 * @example
 * ```ts
 * parseSourceSet('a.ncr 400w, b.ncr 800w');
 * // [{ url: 'a.ncr', descriptor: '400w' }, { url: 'b.ncr', descriptor: '800w' }]
 * ```
 */
export function parseSourceSet(text: string): Candidate[] {
  const candidates: Candidate[] = [];
  const skip = (rest: string): string => rest.replace(/^[\s,]+/, '');
  for (let rest = skip(text); rest !== ''; rest = skip(rest)) {
    const [url] = /^\S+/.exec(rest)!;
    rest = rest.slice(url.length);
    // A comma at its end is no part of an address, and ends the entry.
    const descriptor = url.endsWith(',') ? '' : /^(?:\([^)]*\)?|[^,(])*/.exec(rest)![0];
    rest = rest.slice(descriptor.length);
    candidates.push({ url: url.replace(/,+$/, ''), descriptor: descriptor.trim() });
  }
  return candidates;
}

/**
 * The address that the browser takes for this window and this screen.
 *
 * @param src - what `src` says, which is the candidate of 1x if there is none; may be empty.
 * @param sizes - as in HTML; empty for the width of the window.
 * @returns as it stands in the attributes, not made absolute; empty if there is no valid candidate.
 * @example
 * ```ts
 * const url = await pickSource('a.ncr 1x, b.ncr 2x', '', ''); // 'b.ncr' on a sharp screen
 * ```
 */
export async function pickSource(srcset: string, sizes: string, src: string): Promise<string> {
  const candidates = parseSourceSet(srcset);
  const needsSrc = candidates.every(({ descriptor }) => !/^1x$|^$|w$/.test(descriptor));
  if (src && needsSrc) candidates.push({ url: src, descriptor: '1x' });
  const bytes = Uint8Array.from(atob(PIXEL), (character) => character.charCodeAt(0));
  const stand = new Map(
    candidates.map((candidate) => {
      const blob = new Blob([bytes], { type: 'image/gif' });
      return [URL.createObjectURL(blob), candidate] as const;
    }),
  );
  const image = new Image();
  if (sizes) image.sizes = sizes;
  image.srcset = Array.from(stand, ([url, { descriptor }]) => `${url} ${descriptor}`).join(', ');
  await image.decode().catch(() => {});
  const picked = stand.get(image.currentSrc)?.url ?? src;
  // Else it would choose again when the window changes, from files that are gone.
  image.removeAttribute('srcset');
  for (const url of stand.keys()) URL.revokeObjectURL(url);
  return picked;
}
