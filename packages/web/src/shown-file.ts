// The image that an element shows inside, from files in memory. Which files these are, it does not know.

/** Frees files that are shown by elements which nobody has any more. */
const shownFiles = globalThis.FinalizationRegistry
  ? new FinalizationRegistry<string>((url) => URL.revokeObjectURL(url))
  : undefined;

/** An `<img>` that shows one file after another. */
export class ShownFile {
  readonly #image: HTMLImageElement;
  #url: string | undefined;

  constructor(image: HTMLImageElement) {
    this.#image = image;
  }

  /** Whether there is a file that is shown, or is about to be. */
  get isThere(): boolean {
    return this.#url !== undefined;
  }

  /**
   * Puts a file in place of the one that is shown, which the browser shows until it has decoded the new one.
   *
   * @returns once that is so, or a later file has taken its place.
   * @throws DOMException if the browser cannot decode it.
   */
  async show(file: Blob): Promise<void> {
    const before = this.#url;
    const url = URL.createObjectURL(file);
    shownFiles?.unregister(this);
    shownFiles?.register(this, url, this);
    this.#url = url;
    this.#image.src = url;
    await this.#image.decode().catch((error: unknown) => {
      if (this.#url === url) throw error;
    });
    if (before) URL.revokeObjectURL(before);
  }

  /** Shows nothing. */
  clear(): void {
    this.#image.removeAttribute('src');
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = undefined;
  }
}
