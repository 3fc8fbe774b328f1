// Devices: what is refused, what falls back, and that CPU threads change nothing but the time.

import { describe, expect, test } from 'vitest';
import { createRuntime, type Device } from './runtime.js';

/** An ONNX model of one Relu, [1] float32. */
const RELU = Buffer.from(
  'CAg6NwoMCgF4EgF5IgRSZWx1EgVwcm9iZVoPCgF4EgoKCAgBEgQKAggBYg8KAXkSCgoICAESBAoCCAFCBAoAEBE=',
  'base64',
);

describe('createRuntime', () => {
  test('runs on the CPU unless asked otherwise', async () => {
    const runtime = await createRuntime({ threads: 1, optimizationLevel: 'basic' });
    expect(runtime.device).toBe('cpu');
    const graph = await runtime.load(RELU, { exact: false });
    const { y } = await graph.run({ x: { data: Float32Array.of(-3), dims: [1] } });
    expect(y).toEqual({ data: Float32Array.of(0), dims: [1] });
    await graph.release();
  });

  test('auto gives an accelerator, or the CPU with a notice', async () => {
    const notices: string[] = [];
    const { device } = await createRuntime({ device: 'auto', onNotice: (n) => notices.push(n) });
    if (device === 'cpu') expect(notices).toEqual([expect.stringMatching(/running on the CPU\.$/)]);
    else expect(notices).toEqual([]);
  });

  test.each(['cuda', 'webgpu'] as const)(
    '%s works, or fails with a DeviceError',
    async (device) => {
      const outcome = await createRuntime({ device }).catch((error: unknown) => error);
      if (outcome instanceof Error) {
        expect(outcome).toMatchObject({
          name: 'DeviceError',
          code: 'DEVICE_UNAVAILABLE',
          message: expect.stringMatching(
            new RegExp(`^The device ${device} cannot run here \\(.+\\):`),
          ),
        });
        expect(outcome.message).not.toContain('\n');
      } else {
        expect(outcome).toMatchObject({ device });
      }
    },
  );

  test('wrong arguments are named', async () => {
    await expect(createRuntime({ device: 'tpu' as Device })).rejects.toThrow(
      'Expected auto | cpu | cuda | webgpu for device but received "tpu" of type string',
    );
    await expect(createRuntime({ threads: 0 })).rejects.toThrow(
      'Expected integer in 1..1024 for threads but received 0 of type number',
    );
  });

  test('a file that is no ONNX graph is an error', async () => {
    const runtime = await createRuntime();
    await expect(runtime.load(Uint8Array.of(1, 2, 3), { exact: true })).rejects.toThrow();
  });
});
