// The attributes of an element that shows an image, as properties: the ones of <img>, and two more. What
// follows from them is nacre-image.ts's business.

import { pixels } from './image-sheet.js';

/** Where pages are rendered without a browser there is none, and nothing to do. */
const Base: typeof HTMLElement = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/** The attributes of `<nacre-image>` in JSX, in addition to those of every element. They work as on `<img>`. */
export interface NacreImageAttributes {
  /** Address of the file. */
  src?: string | undefined;
  /** Several files to choose from, as for `<img>`. */
  srcset?: string | undefined;
  /** Width of the image in the layout, to choose from `srcset`. */
  sizes?: string | undefined;
  /** Text in place of the image. */
  alt?: string | undefined;
  /** Width in CSS pixels. */
  width?: number | string | undefined;
  /** Height in CSS pixels. */
  height?: number | string | undefined;
  /** `lazy` waits until the element is near the viewport. */
  loading?: 'eager' | 'lazy' | undefined;
  /** Accepted, as for `<img>`. */
  decoding?: 'sync' | 'async' | 'auto' | undefined;
  /** Priority of the request. */
  fetchpriority?: 'high' | 'low' | 'auto' | undefined;
  /** How the file is requested from another site. */
  crossorigin?: 'anonymous' | 'use-credentials' | '' | undefined;
  /** The referrer that is sent. */
  referrerpolicy?: ReferrerPolicy | undefined;
  /** The file's model, by name or address, if it is not the configured one. */
  model?: string | undefined;
  /** Shows what is intact of a damaged file. */
  partial?: boolean | undefined;
}

/** The events of `<nacre-image>`, which do not bubble. */
export interface NacreImageEvents {
  /** The image shows. */
  load: Event;
  /** It failed: `message` says why and what to do, `error` is the error. */
  error: ErrorEvent;
}

/** An element with the attributes of `<img>`, which do nothing yet. */
export class ImageAttributes extends Base {
  /** The file's address; absolute when read, as an image's. */
  get src(): string {
    const src = this.getAttribute('src');
    return src ? addressOf(src) : '';
  }

  set src(value: string) {
    this.setAttribute('src', value);
  }

  /** Several files to choose from, by the element's width or the screen's density. */
  get srcset(): string {
    return this.getAttribute('srcset') ?? '';
  }

  set srcset(value: string) {
    this.setAttribute('srcset', value);
  }

  /** How wide the image will be, for the choice from {@link srcset}. */
  get sizes(): string {
    return this.getAttribute('sizes') ?? '';
  }

  set sizes(value: string) {
    this.setAttribute('sizes', value);
  }

  /** What is read out, and shown if there is no image. */
  get alt(): string {
    return this.getAttribute('alt') ?? '';
  }

  set alt(value: string) {
    this.setAttribute('alt', value);
  }

  /** `lazy` waits until the element is near the window. */
  get loading(): 'lazy' | 'eager' {
    return this.getAttribute('loading') === 'lazy' ? 'lazy' : 'eager';
  }

  set loading(value: 'lazy' | 'eager') {
    this.setAttribute('loading', value);
  }

  /** Whether it is fetched and decoded before others that are as near, or after them. */
  get fetchPriority(): 'high' | 'low' | 'auto' {
    return oneOf(['high', 'low'], this.getAttribute('fetchpriority')) ?? 'auto';
  }

  set fetchPriority(value: 'high' | 'low' | 'auto') {
    this.setAttribute('fetchpriority', value);
  }

  /** Whether the finished image is painted with the rest of the page or later. */
  get decoding(): 'sync' | 'async' | 'auto' {
    return oneOf(['sync', 'async'], this.getAttribute('decoding')) ?? 'auto';
  }

  set decoding(value: 'sync' | 'async' | 'auto') {
    this.setAttribute('decoding', value);
  }

  /** Whether files of other sites are asked for with credentials. */
  get crossOrigin(): 'anonymous' | 'use-credentials' | null {
    const value = this.getAttribute('crossorigin');
    return value === null ? null : (oneOf(['use-credentials'] as const, value) ?? 'anonymous');
  }

  set crossOrigin(value: 'anonymous' | 'use-credentials' | null) {
    if (value === null) this.removeAttribute('crossorigin');
    else this.setAttribute('crossorigin', value);
  }

  /** What the file's server hears of this page. */
  get referrerPolicy(): ReferrerPolicy {
    return (this.getAttribute('referrerpolicy') ?? '') as ReferrerPolicy;
  }

  set referrerPolicy(value: ReferrerPolicy) {
    this.setAttribute('referrerpolicy', value);
  }

  /** Whether what is intact of a damaged file is shown. */
  get partial(): boolean {
    return this.hasAttribute('partial');
  }

  set partial(value: boolean) {
    this.toggleAttribute('partial', value);
  }

  /** The file's model, as `loadModel` takes it; empty for the configured one. */
  get model(): string {
    return this.getAttribute('model') ?? '';
  }

  set model(value: string) {
    this.setAttribute('model', value);
  }

  /** The width asked for in CSS pixels; without that attribute, the one the element has. */
  get width(): number {
    return pixels(this.getAttribute('width')) ?? this.offsetWidth;
  }

  set width(value: number) {
    this.setAttribute('width', String(value));
  }

  /** The height asked for in CSS pixels; without that attribute, the one the element has. */
  get height(): number {
    return pixels(this.getAttribute('height')) ?? this.offsetHeight;
  }

  set height(value: number) {
    this.setAttribute('height', String(value));
  }
}

/** An address as the page sees it, absolute if it is one at all. */
export function addressOf(url: string): string {
  return URL.canParse(url, document.baseURI) ? new URL(url, document.baseURI).href : url;
}

function oneOf<Value extends string>(
  values: readonly Value[],
  value: string | null,
): Value | undefined {
  return values.find((one) => one === value?.toLowerCase());
}
