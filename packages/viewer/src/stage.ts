// Two images over each other with a split between them, zoomed and moved in step: by mouse, by touch,
// by keyboard. Which images these are, it does not know.

import { fit, type Point, type Size, type Viewport, within, zoomTo } from './viewport.js';

/** CSS pixels an arrow key moves the image. */
const KEY_PAN = 60;

/** Per cent an arrow key moves the split. */
const KEY_SPLIT = 2;

/** One press of a zoom key or button. */
const ZOOM_STEP = 1.5;

/** The elements of a stage, which are there from the start. */
export interface StageElements {
  readonly stage: HTMLElement;
  /** Hold a canvas each. */
  readonly sides: { readonly nacre: HTMLElement; readonly beside: HTMLElement };
  readonly split: HTMLElement;
  readonly zoomIn: HTMLButtonElement;
  readonly zoomOut: HTMLButtonElement;
  /** Fits the image; a second press shows its pixels as they are. */
  readonly zoom: HTMLButtonElement;
}

/**
 * The stage of the page.
 *
 * @example
 * ```ts
 * const stage = new Stage(elements);
 * stage.show('nacre', bitmap);
 * ```
 */
export class Stage {
  readonly #elements: StageElements;
  readonly #pointers = new Map<number, Point>();
  #image: Size | undefined;
  #view: Viewport = { scale: 1, x: 0, y: 0 };
  /** Whether the image goes on filling the stage when that changes its size. */
  #fitted = true;
  #split = 50;

  constructor(elements: StageElements) {
    this.#elements = elements;
    const { stage, split, zoom, zoomIn, zoomOut } = elements;
    // Its keys move and zoom the image.
    stage.tabIndex = 0;
    stage.addEventListener('pointerdown', (event) => this.#press(event));
    stage.addEventListener('pointermove', (event) => this.#drag(event));
    for (const type of ['pointerup', 'pointercancel'] as const) {
      stage.addEventListener(type, (event) => this.#letGo(event));
    }
    stage.addEventListener('wheel', (event) => this.#roll(event), { passive: false });
    stage.addEventListener('dblclick', (event) => this.#toggle(this.#pointOf(event)));
    stage.addEventListener('keydown', (event) => this.#key(event));
    split.addEventListener('keydown', (event) => this.#keyOnSplit(event));
    zoomIn.addEventListener('click', () => this.#zoomBy(ZOOM_STEP));
    zoomOut.addEventListener('click', () => this.#zoomBy(1 / ZOOM_STEP));
    zoom.addEventListener('click', () => this.#toggle(this.#middle()));
    new ResizeObserver(() => this.#resize()).observe(stage);
    this.#setSplit(50);
  }

  /** Shows an image on one side; nothing if there is none. */
  show(side: 'nacre' | 'beside', bitmap: ImageBitmap | undefined): void {
    const element = this.#elements.sides[side];
    element.hidden = bitmap === undefined;
    if (side === 'beside') this.#elements.split.hidden = bitmap === undefined;
    if (!bitmap) return;
    const { width, height } = bitmap;
    const canvas = element.querySelector('canvas')!;
    canvas.width = width;
    canvas.height = height;
    // Hands the pixels over: nothing is copied in the page's own thread.
    canvas.getContext('bitmaprenderer')!.transferFromImageBitmap(bitmap);
    if (this.#image?.width === width && this.#image.height === height) return;
    this.#image = { width, height };
    this.#fitted = true;
    this.#resize();
  }

  #resize(): void {
    if (!this.#image) return;
    const size = this.#size();
    this.#look(this.#fitted ? fit(size, this.#image) : within(this.#view, size, this.#image));
  }

  #look(view: Viewport): void {
    const { stage, zoom } = this.#elements;
    this.#view = view;
    const pixels = view.scale * devicePixelRatio;
    stage.style.setProperty('--x', `${view.x}px`);
    stage.style.setProperty('--y', `${view.y}px`);
    stage.style.setProperty('--scale', `${view.scale}`);
    // Enlarged a little, pixels would be of different sizes; enlarged much, one wants to see them.
    stage.classList.toggle('pixels', pixels >= 2);
    zoom.textContent = `${Math.round(100 * pixels)} %`;
  }

  #zoomTo(scale: number, point: Point): void {
    if (!this.#image) return;
    const size = this.#size();
    const view = zoomTo(this.#view, scale, point, size, this.#image);
    this.#fitted = view.scale <= fit(size, this.#image).scale;
    this.#look(view);
  }

  #zoomBy(factor: number, point: Point = this.#middle()): void {
    this.#zoomTo(this.#view.scale * factor, point);
  }

  #moveBy(x: number, y: number): void {
    if (!this.#image) return;
    const view = { ...this.#view, x: this.#view.x + x, y: this.#view.y + y };
    this.#look(within(view, this.#size(), this.#image));
  }

  /** From the whole image to its pixels as they are, and back. */
  #toggle(point: Point): void {
    if (!this.#image) return;
    const whole = fit(this.#size(), this.#image).scale;
    const actual = 1 / devicePixelRatio;
    if (this.#view.scale !== whole) this.#zoomTo(whole, point);
    else this.#zoomTo(actual > whole ? actual : 4 * actual, point);
  }

  #setSplit(percent: number): void {
    const { split, stage } = this.#elements;
    this.#split = Math.max(0, Math.min(100, percent));
    stage.style.setProperty('--split', `${this.#split}%`);
    split.setAttribute('aria-valuenow', `${Math.round(this.#split)}`);
    split.setAttribute('aria-valuetext', `${Math.round(this.#split)} % Nacre`);
  }

  #press(event: PointerEvent): void {
    const { stage, split } = this.#elements;
    if (event.button !== 0 || (event.target as Element).closest('button')) return;
    const onSplit = split.contains(event.target as Node);
    // Else the browser would select text, or drag the image away.
    event.preventDefault();
    (onSplit ? split : stage).focus({ preventScroll: true });
    stage.setPointerCapture(event.pointerId);
    stage.classList.add(onSplit ? 'splitting' : 'panning');
    if (!stage.classList.contains('splitting')) {
      this.#pointers.set(event.pointerId, this.#pointOf(event));
    }
  }

  #drag(event: PointerEvent): void {
    const { stage } = this.#elements;
    if (!stage.hasPointerCapture(event.pointerId)) return;
    const to = this.#pointOf(event);
    if (stage.classList.contains('splitting')) {
      this.#setSplit((100 * to.x) / stage.clientWidth);
      return;
    }
    const from = this.#pointers.get(event.pointerId);
    if (!from) return;
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.#pointers.set(event.pointerId, to);
    if (!other) {
      this.#moveBy(to.x - from.x, to.y - from.y);
      return;
    }
    // Two fingers: the image follows the middle between them, and grows with their distance.
    this.#moveBy((to.x - from.x) / 2, (to.y - from.y) / 2);
    const middle = { x: (to.x + other.x) / 2, y: (to.y + other.y) / 2 };
    const distance = (point: Point): number => Math.hypot(point.x - other.x, point.y - other.y);
    this.#zoomBy(distance(to) / Math.max(1, distance(from)), middle);
  }

  #letGo(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId);
    if (this.#pointers.size > 0) return;
    this.#elements.stage.classList.remove('panning', 'splitting');
  }

  #roll(event: WheelEvent): void {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    // A pinch on a touchpad arrives as a wheel with Ctrl, in small steps.
    const speed = event.ctrlKey ? 0.01 : 0.0015;
    this.#zoomBy(Math.exp(-event.deltaY * lines * speed), this.#pointOf(event));
  }

  #key(event: KeyboardEvent): void {
    if (event.target !== this.#elements.stage || event.ctrlKey || event.metaKey) return;
    const actions: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => this.#moveBy(KEY_PAN, 0),
      ArrowRight: () => this.#moveBy(-KEY_PAN, 0),
      ArrowUp: () => this.#moveBy(0, KEY_PAN),
      ArrowDown: () => this.#moveBy(0, -KEY_PAN),
      '+': () => this.#zoomBy(ZOOM_STEP),
      '=': () => this.#zoomBy(ZOOM_STEP),
      '-': () => this.#zoomBy(1 / ZOOM_STEP),
      '0': () => this.#zoomTo(0, this.#middle()),
      '1': () => this.#zoomTo(1 / devicePixelRatio, this.#middle()),
    };
    perform(event, actions);
  }

  #keyOnSplit(event: KeyboardEvent): void {
    const by = (percent: number) => () => this.#setSplit(this.#split + percent);
    perform(event, {
      ArrowLeft: by(-KEY_SPLIT),
      ArrowDown: by(-KEY_SPLIT),
      ArrowRight: by(KEY_SPLIT),
      ArrowUp: by(KEY_SPLIT),
      PageDown: by(-5 * KEY_SPLIT),
      PageUp: by(5 * KEY_SPLIT),
      Home: by(-100),
      End: by(100),
    });
  }

  #size(): Size {
    const { clientWidth, clientHeight } = this.#elements.stage;
    return { width: clientWidth, height: clientHeight };
  }

  #middle(): Point {
    const { width, height } = this.#size();
    return { x: width / 2, y: height / 2 };
  }

  #pointOf({ clientX, clientY }: MouseEvent): Point {
    const { left, top } = this.#elements.stage.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  }
}

/** Does what belongs to a key, in place of what the browser would do. */
function perform(event: KeyboardEvent, actions: Readonly<Record<string, () => void>>): void {
  const action = actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}
