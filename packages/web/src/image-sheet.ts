// The style of an element that shows an image: laid out as <img> is. What it shows, it does not know.

import type { Size } from './header.js';

/** What the layout depends on. */
export interface Layout {
  /** The image's own size, once it is known. */
  readonly natural: Size | undefined;
  /** What the attributes `width` and `height` say, in CSS pixels. */
  readonly width: number | undefined;
  readonly height: number | undefined;
  /** What is to be seen: the image, or, if it failed, the element's children or else its text. */
  readonly shows: 'image' | 'fallback' | 'alt';
}

/**
 * The style sheet of the shadow tree. It ranks below all of the page's own rules, as the attributes of an
 * image do.
 */
export function sheetOf({ natural, width, height, shows }: Layout): string {
  const ratio = natural ?? (width && height ? { width, height } : undefined);
  const host = [
    'display: inline-block',
    width === undefined ? '' : `width: ${width}px`,
    height === undefined ? '' : `height: ${height}px`,
    ratio && shows === 'image' ? `aspect-ratio: ${ratio.width} / ${ratio.height}` : '',
  ];
  // What is inside may be a preview, whose own size must not count.
  const size = natural
    ? `contain: size; contain-intrinsic-size: ${natural.width}px ${natural.height}px`
    : 'contain: size';
  return `
    :host { ${host.filter(Boolean).join('; ')} }
    :host([hidden]) { display: none }
    img { display: ${shows === 'image' ? 'block' : 'none'}; width: 100%; height: 100%; ${size};
      object-fit: inherit; object-position: inherit; image-rendering: inherit; border-radius: inherit }
    slot { display: ${shows === 'fallback' ? 'contents' : 'none'} }
    span { display: ${shows === 'alt' ? 'inline' : 'none'} }
  `;
}

/** The number of CSS pixels that an attribute says, as HTML reads it: leading digits. */
export function pixels(value: string | null): number | undefined {
  const number = Number.parseInt(value ?? '', 10);
  return number >= 0 ? number : undefined;
}
