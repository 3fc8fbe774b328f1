// Numbers as people read them: bytes, bits per pixel, decibels, time. They are rounded here and nowhere
// else.

/** `38.2 kB`; a kB is 1000 bytes. Below that all bytes are told. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, 'kB'] : [bytes / 1e6, 'MB'];
  return `${value < 100 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** Bits of a file for each pixel of its image. */
export function bppText(bytes: number, width: number, height: number): string {
  return ((8 * bytes) / (width * height)).toFixed(3);
}

/** `33.8 dB`, or `lossless` for no error at all. */
export function psnrText(decibels: number): string {
  return decibels === Number.POSITIVE_INFINITY ? 'lossless' : `${decibels.toFixed(2)} dB`;
}

/** `840 ms`, `1.24 s`. */
export function timeText(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 2 : 1)} s`;
}
