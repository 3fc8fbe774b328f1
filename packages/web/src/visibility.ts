// Where elements are on the page, as far as loading them is concerned; one observer of each kind for the
// whole page. It knows nothing of images.

/** Far from the window, near it, or in it. The numbers are urgency. */
export type Zone = 0 | 1 | 2;

/** How far outside the window an element counts as near it. */
const NEAR = '600px';

interface Watched {
  near: boolean;
  visible: boolean;
  readonly onZone: (zone: Zone) => void;
}

const watched = new WeakMap<Element, Watched>();
let observers: { readonly near: IntersectionObserver; readonly visible: IntersectionObserver };

/**
 * Tells in which zone an element is, soon and whenever that changes.
 *
 * @example
 * ```ts
 * watchZone(image, (zone) => zone > 0 && load(image));
 * ```
 */
export function watchZone(element: Element, onZone: (zone: Zone) => void): void {
  observers ??= { near: observer('near', NEAR), visible: observer('visible', '0px') };
  watched.set(element, { near: false, visible: false, onZone });
  observers.near.observe(element);
  observers.visible.observe(element);
}

/** Ends {@link watchZone}. */
export function unwatchZone(element: Element): void {
  watched.delete(element);
  observers?.near.unobserve(element);
  observers?.visible.unobserve(element);
}

function observer(kind: 'near' | 'visible', margin: string): IntersectionObserver {
  const tell = (entries: IntersectionObserverEntry[]): void => {
    for (const { target, isIntersecting } of entries) {
      const state = watched.get(target);
      if (!state) continue;
      state[kind] = isIntersecting;
      state.onZone(state.visible ? 2 : state.near ? 1 : 0);
    }
  };
  // Browsers that do not know scrollMargin, for boxes that scroll within the page, ignore it.
  const options = { rootMargin: margin, scrollMargin: margin };
  return new IntersectionObserver(tell, options);
}

const sized = new WeakMap<Element, () => void>();
let sizes: ResizeObserver | undefined;

/** Tells when an element may have changed its size. */
export function watchSize(element: Element, onResize: () => void): void {
  sizes ??= new ResizeObserver((entries) => {
    for (const { target } of entries) sized.get(target)?.();
  });
  sized.set(element, onResize);
  sizes.observe(element);
}

/** Ends {@link watchSize}. */
export function unwatchSize(element: Element): void {
  sized.delete(element);
  sizes?.unobserve(element);
}

/** How long the window must have kept its size before anything follows from it. */
const SETTLED_MS = 200;

const inWindow = new Map<Element, () => void>();
let settling: ReturnType<typeof setTimeout> | undefined;

/** Tells when the window has another size, or its screen another density. */
export function watchWindow(element: Element, onChange: () => void): void {
  if (inWindow.size === 0) addEventListener('resize', onWindowResize);
  inWindow.set(element, onChange);
}

/** Ends {@link watchWindow}. */
export function unwatchWindow(element: Element): void {
  inWindow.delete(element);
  if (inWindow.size === 0) removeEventListener('resize', onWindowResize);
}

function onWindowResize(): void {
  clearTimeout(settling);
  settling = setTimeout(() => {
    for (const onChange of inWindow.values()) onChange();
  }, SETTLED_MS);
}
