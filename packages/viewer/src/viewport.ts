// The arithmetic of zoom and pan: which part of an image a stage shows. It knows no elements and no
// events.

/** A length in both directions. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A place on the stage, in CSS pixels from its top left. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where the image's top left stands on the stage, and how many CSS pixels one of its pixels takes. */
export interface Viewport extends Point {
  readonly scale: number;
}

/** CSS pixels that a pixel of an image takes at most. */
export const MAX_SCALE = 40;

/**
 * The whole image, in the middle of the stage and not enlarged.
 *
 * @example
 * ```ts
 * fit({ width: 400, height: 400 }, { width: 800, height: 600 }); // { scale: 0.5, x: 0, y: 50 }
 * ```
 */
export function fit(stage: Size, image: Size): Viewport {
  const scale = Math.min(1, stage.width / image.width, stage.height / image.height);
  return within({ scale, x: 0, y: 0 }, stage, image);
}

/**
 * Zooms about a point, which stays where it is as far as {@link within} lets it.
 *
 * @param scale - CSS pixels a pixel; kept between the whole image and {@link MAX_SCALE}.
 */
export function zoomTo(
  view: Viewport,
  scale: number,
  { x, y }: Point,
  stage: Size,
  image: Size,
): Viewport {
  const least = fit(stage, image).scale;
  const next = Math.max(least, Math.min(MAX_SCALE, scale));
  const ratio = next / view.scale;
  const moved = { scale: next, x: x - ratio * (x - view.x), y: y - ratio * (y - view.y) };
  return within(moved, stage, image);
}

/** Keeps an image on the stage: in the middle where there is room, else without a gap at an edge. */
export function within(view: Viewport, stage: Size, image: Size): Viewport {
  const place = (at: number, room: number, length: number): number =>
    length <= room ? (room - length) / 2 : Math.max(room - length, Math.min(0, at));
  return {
    scale: view.scale,
    x: place(view.x, stage.width, image.width * view.scale),
    y: place(view.y, stage.height, image.height * view.scale),
  };
}
