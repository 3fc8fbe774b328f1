// The class of <nacre-image>: behaves like <img>, but for .ncr files. It is registered by element.ts,
// and decoding is shared-codec.ts's business.

import { InputError } from '@nacre/codec/internal';
import { HEADER_BYTES, type Size, sizeInHeader } from './header.js';
import { decodeShared, enter, leave } from './shared-codec.js';

/** How far outside the window a lazy image begins to load. */
const LAZY_MARGIN = '600px';

/** Where pages are rendered without a browser there is none, and nothing to do. */
const Base: typeof HTMLElement = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/** Whoever waits for {@link NacreImage.decode}. */
interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Tells lazy elements when they come near the window; one for the page. */
let observer: IntersectionObserver | undefined;

/**
 * An image from a `.ncr` file. Attributes: `src`, `alt`, `width`, `height` and `loading` as those of
 * `<img>`; `model`, the address of the folder of the file's model, if it is not the configured one.
 *
 * It fires `load`, or `error`: an `ErrorEvent` whose `message` says what is wrong. Its size follows from
 * the file's header before the pixels are there, and from CSS like that of an image, `object-fit` and
 * `object-position` included. Parts for CSS: `image`, and `alt`, which shows if the image fails.
 *
 * @example
 * <nacre-image src="photo.ncr" alt="A lake" loading="lazy"></nacre-image>
 */
export class NacreImage extends Base {
  static readonly observedAttributes: readonly string[] = [
    'src',
    'model',
    'alt',
    'width',
    'height',
    'loading',
  ];

  readonly #internals: ElementInternals = this.attachInternals();
  readonly #canvas: HTMLCanvasElement = document.createElement('canvas');
  readonly #alt: HTMLSpanElement = document.createElement('span');
  readonly #sheet: CSSStyleSheet = new CSSStyleSheet();
  /** `idle` has nothing to show, `lazy` waits for the window. */
  #state: 'idle' | 'lazy' | 'loading' | 'loaded' | 'failed' = 'idle';
  #job: AbortController | undefined;
  #natural: Size = { width: 0, height: 0 };
  #error: unknown;
  #waiting: Waiting[] = [];
  #entered = false;

  constructor() {
    super();
    this.#canvas.part.add('image');
    this.#alt.part.add('alt');
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [this.#sheet];
    root.append(this.#canvas, this.#alt);
    this.#layOut();
    this.#describe();
  }

  /** The file's address; absolute when read, as an image's. */
  get src(): string {
    const src = this.getAttribute('src');
    return src ? addressOf(src) : '';
  }

  set src(value: string) {
    this.setAttribute('src', value);
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

  /** The image's own width in pixels, known from the file's header on; 0 before. */
  get naturalWidth(): number {
    return this.#natural.width;
  }

  /** The image's own height in pixels, known from the file's header on; 0 before. */
  get naturalHeight(): number {
    return this.#natural.height;
  }

  /** Whether nothing is under way: the image shows, or it failed, or there is none. */
  get complete(): boolean {
    return !this.src || this.#state === 'loaded' || this.#state === 'failed';
  }

  /**
   * Waits until the image shows; a lazy one begins to load.
   *
   * @throws what the `error` event carries, an `AbortError` if another file takes its place.
   */
  async decode(): Promise<void> {
    if (this.#state === 'loaded') return;
    if (this.#state === 'failed') throw this.#error;
    if (!this.src || !this.isConnected) throw aborted();
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#begin();
    });
  }

  connectedCallback(): void {
    if (!this.#entered) {
      this.#entered = true;
      enter();
    }
    if (this.#state === 'idle') this.#restart();
  }

  disconnectedCallback(): void {
    // It may only be moved: then it is connected again before this runs.
    queueMicrotask(() => {
      if (this.isConnected || !this.#entered) return;
      this.#entered = false;
      this.#stop();
      this.#setSize({ width: 0, height: 0 });
      leave();
    });
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (name === 'alt') this.#describe();
    else if (name === 'width' || name === 'height') this.#layOut();
    else if (name === 'loading') {
      if (this.#state === 'lazy' && this.loading === 'eager') this.#begin();
    } else if (this.isConnected && (name === 'src' || before !== now)) this.#restart();
  }

  /** Gives up what is under way. */
  #stop(): void {
    observer?.unobserve(this);
    this.#job?.abort(aborted());
    this.#job = undefined;
    this.#state = 'idle';
    this.#settle(aborted());
  }

  #restart(): void {
    this.#stop();
    if (!this.src) {
      this.#setSize({ width: 0, height: 0 });
      return;
    }
    this.#state = 'lazy';
    this.#layOut();
    if (this.loading === 'eager') {
      this.#begin();
      return;
    }
    observer ??= new IntersectionObserver(
      (entries) => {
        for (const { isIntersecting, target } of entries) {
          if (isIntersecting) (target as NacreImage).#begin();
        }
      },
      { rootMargin: LAZY_MARGIN },
    );
    observer.observe(this);
  }

  #begin(): void {
    if (this.#state !== 'lazy') return;
    observer?.unobserve(this);
    this.#state = 'loading';
    this.#job = new AbortController();
    void this.#load(this.src, this.#job.signal);
  }

  async #load(src: string, signal: AbortSignal): Promise<void> {
    try {
      const bytes = await fetchFile(src, signal, (size) => this.#setSize(size));
      const model = this.getAttribute('model');
      const folder = model ? addressOf(model) : undefined;
      const context = this.#canvas.getContext('2d')!;
      const image = await decodeShared(bytes, folder, signal, (preview) =>
        enlarge(preview, context),
      );
      signal.throwIfAborted();
      this.#setSize(image);
      context.putImageData(image, 0, 0);
      this.#state = 'loaded';
      this.#settle();
      this.dispatchEvent(new Event('load'));
    } catch (error) {
      if (signal.aborted) return;
      this.#error = error;
      this.#state = 'failed';
      this.#setSize({ width: 0, height: 0 });
      this.#settle(error);
      const { message } = error as Error;
      this.dispatchEvent(new ErrorEvent('error', { error, message }));
    }
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

  /** Makes room for an image of some size, or frees the memory of the one that was there. */
  #setSize({ width, height }: Size): void {
    this.#natural = { width, height };
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    this.#layOut();
  }

  /** The sheet stands below all of the page's own rules, as the attributes of an image do. */
  #layOut(): void {
    const [width, height] = [
      pixels(this.getAttribute('width')),
      pixels(this.getAttribute('height')),
    ];
    const known = this.#natural.width > 0;
    const ratio = known ? this.#natural : width && height ? { width, height } : undefined;
    const host = [
      'display: inline-block',
      width === undefined ? '' : `width: ${width}px`,
      height === undefined ? '' : `height: ${height}px`,
      ratio ? `aspect-ratio: ${ratio.width} / ${ratio.height}` : '',
    ];
    this.#sheet.replaceSync(`
      :host { ${host.filter(Boolean).join('; ')} }
      :host([hidden]) { display: none }
      canvas { display: ${known ? 'block' : 'none'}; width: 100%; height: 100%;
        object-fit: inherit; object-position: inherit }
      span { display: ${this.#state === 'failed' ? 'inline' : 'none'} }
    `);
  }

  #describe(): void {
    const alt = this.getAttribute('alt');
    this.#alt.textContent = alt;
    this.#internals.role = alt === '' ? 'presentation' : 'img';
    this.#internals.ariaLabel = alt;
  }
}

/**
 * Fetches a file, and tells the size its header names as soon as that has arrived.
 *
 * @throws {InputError} if it cannot be had.
 */
async function fetchFile(
  url: string,
  signal: AbortSignal,
  onSize: (size: Size) => void,
): Promise<Uint8Array> {
  const failed = (reason: string, cause?: unknown) =>
    new InputError('NOT_AN_IMAGE', `${url} cannot be fetched (${reason}): check the address.`, {
      cause,
    });
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    const response = await fetch(url, { signal });
    if (!response.ok) throw failed(`HTTP status ${response.status}`);
    for (const reader = response.body!.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      if (length < HEADER_BYTES && length + value.length >= HEADER_BYTES) {
        const size = sizeInHeader(joined(chunks));
        if (size) onSize(size);
      }
      length += value.length;
    }
  } catch (error) {
    if (signal.aborted || error instanceof InputError) throw error;
    throw failed('the connection failed', error);
  }
  return joined(chunks);
}

/** Fills an image's canvas with its preview, each pixel of which stands for 8×8. */
function enlarge(preview: ImageData, context: CanvasRenderingContext2D): void {
  const { width, height } = preview;
  const small = new OffscreenCanvas(width, height);
  small.getContext('2d')!.putImageData(preview, 0, 0);
  // In place of what was there, not over it.
  context.globalCompositeOperation = 'copy';
  context.drawImage(small, 0, 0, 8 * width, 8 * height);
  context.globalCompositeOperation = 'source-over';
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** The number of CSS pixels that an attribute says, as HTML reads it: leading digits. */
function pixels(value: string | null): number | undefined {
  const number = Number.parseInt(value ?? '', 10);
  return number >= 0 ? number : undefined;
}

function addressOf(url: string): string {
  return URL.canParse(url, document.baseURI) ? new URL(url, document.baseURI).href : url;
}

function aborted(): DOMException {
  return new DOMException('The image was replaced or removed.', 'AbortError');
}
