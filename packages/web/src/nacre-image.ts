// The class of <nacre-image>: behaves like <img>, but for .ncr files. It is registered by element.ts;
// what is decoded when is shared-codec.ts's business.

import type { DecodedBlob } from './client.js';
import { fetchFile } from './fetch-file.js';
import { HEADER_BYTES, type Size, sizeInHeader } from './header.js';
import { addressOf, ImageAttributes } from './image-attributes.js';
import { pixels, sheetOf } from './image-sheet.js';
import { Impression } from './impression.js';
import { decodeShared, enter, type Given, leave, reconsider, type Wanted } from './shared-codec.js';
import { ShownFile } from './shown-file.js';
import { pickSource } from './source-set.js';
import {
  unwatchSize,
  unwatchWindow,
  unwatchZone,
  watchSize,
  watchWindow,
  watchZone,
  type Zone,
} from './visibility.js';

/** Attributes that say which file is shown, and how it is had. */
const SOURCE_ATTRIBUTES = [
  'src',
  'srcset',
  'sizes',
  'model',
  'crossorigin',
  'referrerpolicy',
  'partial',
] as const;

/** Attributes that the image inside has as they are. */
const HANDED_ON = ['alt', 'decoding', 'draggable'] as const;

/** What `fetchpriority` adds to the urgency of an image; zones are 1 apart. */
const FETCH_PRIORITIES: Readonly<Record<string, number>> = { high: 0.25, low: -0.25 };

/** Pixels of an image to one of its preview, along each side. */
const PREVIEW_STRIDE = 8;

/** Whoever waits for {@link NacreImage.decode}. */
interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * An image from a `.ncr` file. Attributes: `src`, `srcset`, `sizes`, `alt`, `width`, `height`, `loading`,
 * `decoding`, `fetchpriority`, `crossorigin`, `referrerpolicy` and `draggable` as those of `<img>`;
 * `model`, the file's model by name or address, if it is not the configured one; `partial`,
 * which shows what is intact of a damaged file.
 *
 * It fires `load`, or `error`: an `ErrorEvent` whose `message` says what is wrong. Its size follows from
 * the file's header before the pixels are there, and from CSS like that of an image, `object-fit` and
 * `object-position` included. Its children show if the image fails. Parts for CSS: `image`, and `alt`,
 * which shows if the image fails and there are no children.
 *
 * @example
 * ```html
 * <nacre-image src="photo.ncr" alt="A lake" loading="lazy"></nacre-image>
 * ```
 */
export class NacreImage extends ImageAttributes {
  /** @internal */
  static readonly observedAttributes: readonly string[] = [
    ...SOURCE_ATTRIBUTES,
    ...HANDED_ON,
    'width',
    'height',
    'loading',
    'fetchpriority',
  ];

  readonly #image: HTMLImageElement = document.createElement('img');
  readonly #alt: HTMLSpanElement = document.createElement('span');
  readonly #slot: HTMLSlotElement = document.createElement('slot');
  readonly #sheet: CSSStyleSheet = new CSSStyleSheet();
  /** `idle` has nothing to load, `chosen` is about to, `lazy` waits for the window. */
  #state: 'idle' | 'chosen' | 'lazy' | 'loading' | 'loaded' | 'failed' = 'idle';
  #job: AbortController | undefined;
  /** The address that was chosen, absolute. */
  #current = '';
  /** The file whose pixels are shown, or known to come. */
  #natural: Size | undefined;
  readonly #shown: ShownFile = new ShownFile(this.#image);
  /** The file, if its preview is shown in place of the image: for when the element is enlarged. */
  #spare: Blob | undefined;
  #damaged: DecodedBlob['damaged'];
  #error: unknown;
  #waiting: Waiting[] = [];
  #zone: Zone = 0;
  #holdsWorker = false;

  constructor() {
    super();
    this.#image.part.add('image');
    this.#alt.part.add('alt');
    this.#alt.role = 'img';
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [this.#sheet];
    root.append(this.#image, this.#slot, this.#alt);
    this.#slot.addEventListener('slotchange', () => this.#layOut());
    this.#layOut();
  }

  /** The address of the file that was chosen from `src` and `srcset`; absolute. */
  get currentSrc(): string {
    return this.#current;
  }

  /** The image's own width in pixels, known from the file's header on; 0 before. */
  get naturalWidth(): number {
    return this.#natural?.width ?? 0;
  }

  /** The image's own height in pixels, known from the file's header on; 0 before. */
  get naturalHeight(): number {
    return this.#natural?.height ?? 0;
  }

  /** With {@link partial}: the parts of the image, in pixels, that are damaged; undefined if none is. */
  get damaged(): DecodedBlob['damaged'] {
    return this.#damaged;
  }

  /** Whether nothing is under way: the image shows, or it failed, or there is none. */
  get complete(): boolean {
    return this.#state === 'idle' || this.#state === 'loaded' || this.#state === 'failed';
  }

  /**
   * Waits until the image shows, or would show if the element were on the page; a lazy one begins to load.
   *
   * @throws what the `error` event carries; an `AbortError` if another file takes its place, or the element
   * is removed from the page; an `EncodingError` if there is no file.
   */
  async decode(): Promise<void> {
    if (this.#state === 'loaded') return;
    if (this.#state === 'failed') throw this.#error;
    if (!this.#hasSource()) {
      throw new DOMException('The image has no file: set src or srcset.', 'EncodingError');
    }
    // One that was removed, which ended its loading, loads again.
    if (this.#state === 'idle') this.#choose();
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (this.#state === 'lazy') this.#begin();
    });
  }

  /** @internal */
  connectedCallback(): void {
    watchZone(this, (zone) => this.#enterZone(zone));
    watchWindow(this, () => void this.#pickAgain());
    if (this.#state === 'idle') this.#choose();
    this.#holdWorker();
  }

  /** @internal */
  disconnectedCallback(): void {
    // It may only be moved: then it is connected again before this runs.
    queueMicrotask(() => {
      if (this.isConnected) return;
      unwatchZone(this);
      unwatchWindow(this);
      this.#zone = 0;
      // What is shown stays, as an image's does; what is not there yet is not wanted any more.
      if (this.#state !== 'loaded' && this.#state !== 'failed') this.#giveUp();
      this.#holdWorker();
    });
  }

  /** @internal */
  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (includes(HANDED_ON, name)) this.#handOn(name, now);
    else if (name === 'width' || name === 'height') this.#layOut();
    else if (name === 'loading') this.#enterZone(this.#zone);
    else if (name === 'fetchpriority') reconsider();
    else if (name === 'src' || before !== now) this.#choose();
  }

  #hasSource(): boolean {
    return Boolean(this.getAttribute('src') || this.getAttribute('srcset'));
  }

  #handOn(name: (typeof HANDED_ON)[number], value: string | null): void {
    if (value === null) this.#image.removeAttribute(name);
    else this.#image.setAttribute(name, value);
    if (name !== 'alt') return;
    this.#alt.textContent = value;
    this.#alt.ariaLabel = value;
  }

  /** Ends what is under way. What is shown stays. */
  #giveUp(): void {
    const reason = new DOMException('The image was replaced or removed.', 'AbortError');
    this.#job?.abort(reason);
    this.#job = undefined;
    this.#state = 'idle';
    this.#settle(reason);
  }

  /** Finds out which file is wanted, after all attributes that are set together. */
  #choose(): void {
    this.#giveUp();
    if (!this.#hasSource()) {
      this.#current = '';
      this.#clear();
      return;
    }
    this.#state = 'chosen';
    const job = new AbortController();
    this.#job = job;
    queueMicrotask(() => {
      if (job.signal.aborted) return;
      this.#state = 'lazy';
      if (this.loading === 'eager' || this.#zone > 0 || this.#waiting.length > 0) this.#begin();
    });
  }

  /** The address of the file to load, absolute. */
  async #pick(): Promise<string> {
    const src = this.getAttribute('src') ?? '';
    if (!this.srcset) return addressOf(src);
    // `auto` is the width the element has.
    const auto = this.clientWidth > 0 ? `${this.clientWidth}px` : '100vw';
    return addressOf(await pickSource(this.srcset, this.sizes.replace(/^auto\b/, auto), src));
  }

  /** Loads another file where the window, or its screen, has become another. */
  async #pickAgain(): Promise<void> {
    if (!this.srcset || this.#state !== 'loaded') return;
    const url = await this.#pick();
    if (url !== this.#current && this.#state === 'loaded') this.#choose();
  }

  #enterZone(zone: Zone): void {
    this.#zone = zone;
    if (this.#state === 'lazy' && (zone > 0 || this.loading === 'eager')) this.#begin();
    // It has left before it was there: it would only delay what can be seen.
    const waits = this.#waiting.length > 0;
    if (this.#state === 'loading' && zone === 0 && this.loading === 'lazy' && !waits) {
      this.#job?.abort();
      this.#state = 'lazy';
    }
    reconsider();
  }

  #begin(): void {
    this.#state = 'loading';
    this.#holdWorker();
    this.#job = new AbortController();
    void this.#load(this.#job.signal);
  }

  async #load(signal: AbortSignal): Promise<void> {
    try {
      const url = await this.#pick();
      signal.throwIfAborted();
      this.#current = url;
      const bytes = await this.#fetch(signal);
      const onPreview = (preview: DecodedBlob): void => {
        void this.#show(preview, sizeInHeader(bytes) ?? preview, signal).catch(() => {});
      };
      const image = await this.#decodeBytes(bytes, signal, { onPreview });
      await this.#show(image, sizeInHeader(bytes) ?? image, signal);
      signal.throwIfAborted();
      this.#damaged = image.damaged;
      if (image.small) this.#keepSpare(new Blob([bytes]));
      this.#state = 'loaded';
      this.#settle();
      this.dispatchEvent(new Event('load'));
    } catch (error) {
      if (signal.aborted) return;
      this.#error = error;
      this.#clear();
      this.#state = 'failed';
      this.#layOut();
      this.#settle(error);
      const { message } = error as Error;
      this.dispatchEvent(new ErrorEvent('error', { error, message }));
    } finally {
      this.#holdWorker();
    }
  }

  async #fetch(signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const init: RequestInit & { signal: AbortSignal } = { signal, priority: this.fetchPriority };
    if (this.crossOrigin === 'use-credentials') init.credentials = 'include';
    if (this.referrerPolicy) init.referrerPolicy = this.referrerPolicy;
    const impression = new Impression(
      (bytes, signal) => this.#decodeBytes(bytes, signal, { incomplete: true }),
      (preview, size) => this.#show(preview, size, signal),
    );
    try {
      return await fetchFile(this.#current, init, (arrived) => {
        // What is shown keeps its size until it is replaced.
        if (!this.#shown.isThere && !this.#natural && arrived.length >= HEADER_BYTES) {
          this.#setNatural(sizeInHeader(arrived.bytes()));
        }
        if (this.#zone === 2) impression.consider(arrived);
      });
    } finally {
      impression.end();
    }
  }

  #decodeBytes(
    bytes: Uint8Array<ArrayBuffer>,
    signal: AbortSignal,
    options: Pick<Wanted, 'incomplete' | 'onPreview'> = {},
  ): Promise<Given> {
    return decodeShared({
      bytes,
      ...options,
      model: this.model || undefined,
      partial: this.partial,
      small: (size) => this.#isSmall(size),
      priority: () => this.#zone + (FETCH_PRIORITIES[this.fetchPriority] ?? 0),
      signal,
    });
  }

  /** Whether the element, as it is now, shows no more of an image than its preview has. */
  #isSmall(natural: Size): boolean {
    const { width, height } = this.getBoundingClientRect();
    const scale = Math.max(width / natural.width, height / natural.height) * devicePixelRatio;
    return scale > 0 && scale <= 1 / PREVIEW_STRIDE;
  }

  /** Keeps a file whose preview is shown, and decodes it whole when the element has grown. */
  #keepSpare(file: Blob): void {
    this.#spare = file;
    watchSize(this, async () => {
      if (!this.#natural || this.#isSmall(this.#natural) || this.#state !== 'loaded') return;
      this.#dropSpare();
      this.#job = new AbortController();
      const { signal } = this.#job;
      const bytes = new Uint8Array(await file.arrayBuffer());
      // The preview stays where this fails.
      const image = await this.#decodeBytes(bytes, signal).catch(() => undefined);
      if (image) await this.#show(image, this.#natural, signal).catch(() => {});
    });
  }

  #dropSpare(): void {
    if (this.#spare) unwatchSize(this);
    this.#spare = undefined;
  }

  async #show({ blob }: DecodedBlob, natural: Size, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.#dropSpare();
    const shown = this.#shown.show(blob);
    this.#setNatural(natural);
    await shown;
  }

  #clear(): void {
    this.#dropSpare();
    this.#shown.clear();
    this.#damaged = undefined;
    this.#setNatural(undefined);
  }

  #setNatural(natural: Size | undefined): void {
    this.#natural = natural;
    this.#layOut();
  }

  /** Tells those who wait for the image; what they wait for failed if there is an error. */
  #settle(error?: unknown): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { resolve, reject } of waiting) {
      if (error === undefined) resolve();
      else reject(error);
    }
  }

  /** The worker is kept while the element is on the page, and while it loads. */
  #holdWorker(): void {
    const needed = this.isConnected || this.#state === 'loading';
    if (needed === this.#holdsWorker) return;
    this.#holdsWorker = needed;
    if (needed) enter();
    else leave();
  }

  #layOut(): void {
    const hasChildren = this.#slot.assignedElements().length > 0;
    const failed = hasChildren ? 'fallback' : 'alt';
    const sheet = sheetOf({
      natural: this.#natural,
      width: pixels(this.getAttribute('width')),
      height: pixels(this.getAttribute('height')),
      shows: this.#state === 'failed' ? failed : 'image',
    });
    this.#sheet.replaceSync(sheet);
  }
}

function includes<Value extends string>(values: readonly Value[], value: string): value is Value {
  return (values as readonly string[]).includes(value);
}
