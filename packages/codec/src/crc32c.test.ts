// Checks CRC-32C against the examples of RFC 3720, appendix B.4.
import { expect, test } from 'vitest';
import { crc32c } from './crc32c.js';

test.each([
  ['nothing', new Uint8Array(0), 0],
  ['the digits 1 to 9', Uint8Array.from('123456789', (c) => c.charCodeAt(0)), 0xe3069283],
  ['32 bytes of zeros', new Uint8Array(32), 0x8a9136aa],
  ['32 bytes of ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['32 bytes counting up', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ['32 bytes counting down', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
])('%s', (_, bytes, crc) => {
  expect(crc32c(bytes)).toBe(crc);
});
