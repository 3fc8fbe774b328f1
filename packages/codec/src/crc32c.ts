// CRC-32C (Castagnoli), the checksum of .ncr files. It finds accidents, not forgery.
// Polynomial 0x1EDC6F41, reflected 0x82F63B78, initial value and final XOR 0xFFFFFFFF, as in
// RFC 3720, appendix B.4.
import { checkBytes } from './validate.js';

const TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) {
    remainder = (remainder >>> 1) ^ (remainder & 1 ? 0x82f63b78 : 0);
  }
  return remainder;
});

/**
 * The CRC-32C of some bytes.
 *
 * @returns an integer in 0..2^32−1; 0 for no bytes.
 * @throws TypeError if they are no Uint8Array.
 * @example
 * ```ts
 * crc32c(Uint8Array.from('123456789', (c) => c.charCodeAt(0))); // 0xE3069283
 * ```
 */
export function crc32c(bytes: Uint8Array): number {
  checkBytes(bytes, 'bytes');
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) {
    crc = (crc >>> 8) ^ (TABLE[(crc ^ bytes[i]!) & 0xff] as number);
  }
  return ~crc >>> 0;
}
