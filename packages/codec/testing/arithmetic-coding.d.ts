// The parts of the npm package arithmetic-coding 1.2.3 that the oracle uses; it ships no types.
declare module 'arithmetic-coding/src/frequency-table.js' {
  export default class FrequencyTable {
    constructor(frequencies: readonly number[]);
  }
}

declare module 'arithmetic-coding/src/arithmetic-encoder.js' {
  import type FrequencyTable from 'arithmetic-coding/src/frequency-table.js';
  export default class ArithmeticEncoder {
    constructor(stateBits: number, output: object);
    write(table: FrequencyTable, symbol: number): void;
    finish(): void;
  }
}

declare module 'arithmetic-coding/src/arithmetic-decoder.js' {
  import type FrequencyTable from 'arithmetic-coding/src/frequency-table.js';
  export default class ArithmeticDecoder {
    constructor(stateBits: number, input: object);
    read(table: FrequencyTable): number;
  }
}

declare module 'arithmetic-coding/src/bit-output-stream-buffer.js' {
  export default class BitOutputStreamToBuffer {
    readonly buffer: Uint8Array;
  }
}

declare module 'arithmetic-coding/src/bit-input-stream-buffer.js' {
  export default class BitInputStreamFromBuffer {
    constructor(buffer: Uint8Array);
  }
}
