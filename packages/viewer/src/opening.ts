// The ways an image gets onto the page: dropped, pasted, picked, named in the address, or the sample. What
// becomes of it is the caller's business.

/** Called with what a person has chosen. */
export type OnFile = (file: Blob, name: string) => void;

/** Shown when the address names nothing. */
const SAMPLE = 'samples/raccoon.png';

/**
 * Listens to drops and pastes anywhere on the page, and to a file input.
 *
 * @param target - gets the class `dropping` while something is dragged over the page.
 * @param onNothing - called where no file came with a drop or a paste.
 */
export function listenForFiles(
  input: HTMLInputElement,
  target: HTMLElement,
  onFile: OnFile,
  onNothing: () => void,
): void {
  const take = (files: FileList | null | undefined): boolean => {
    const file = files?.[0];
    if (file) onFile(file, file.name);
    return file !== undefined;
  };
  input.addEventListener('change', () => {
    take(input.files);
    // So that the same file can be chosen again.
    input.value = '';
  });
  addEventListener('dragover', (event) => {
    event.preventDefault();
    target.classList.add('dropping');
  });
  addEventListener('dragleave', (event) => {
    // Leaving the window, and not one element for another.
    if (event.relatedTarget === null) target.classList.remove('dropping');
  });
  addEventListener('drop', (event) => {
    event.preventDefault();
    target.classList.remove('dropping');
    if (!take(event.dataTransfer?.files)) onNothing();
  });
  addEventListener('paste', (event) => {
    if (!take(event.clipboardData?.files)) onNothing();
  });
}

/**
 * Fetches what `?src=` of the page's address names, or else the sample.
 *
 * @throws {@link Error} saying why it cannot be had.
 * @example
 * ```ts
 * const { file, name } = await fetchFirst(); // of viewer/?src=photo.ncr
 * ```
 */
export async function fetchFirst(): Promise<{ file: Blob; name: string }> {
  const src = new URLSearchParams(location.search).get('src') ?? SAMPLE;
  const url = new URL(src, document.baseURI);
  const name = decodeURIComponent(url.pathname.split('/').at(-1) ?? '') || 'image';
  if (url.origin !== location.origin) {
    throw new Error(
      `${src} lies on another site, and this page asks none for anything: save it and drop it here.`,
    );
  }
  const response = await fetch(url).catch(() => undefined);
  if (!response?.ok) {
    const reason = response ? `HTTP status ${response.status}` : 'the connection failed';
    throw new Error(`${name} cannot be fetched (${reason}): check the address.`);
  }
  return { file: await response.blob(), name };
}

/** Gives a file to the person, as the browser saves downloads. */
export function save(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser reads it some time after the click.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
