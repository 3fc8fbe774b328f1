// nacre devices: which devices work here, why the others do not, and how to enable them.

import { createRuntime, type Device } from '@nacre/node';
import type { Outcome } from './command.js';
import type { Report } from './report.js';

/** A device, what it is good for, and the steps that enable it. */
interface Row {
  readonly device: Exclude<Device, 'auto'>;
  readonly use: string;
  /** None where it cannot be enabled. */
  readonly steps: (platform: string) => readonly string[];
}

const DEVICES: readonly Row[] = [
  { device: 'cpu', use: 'starts at once, and gives the same bytes every time', steps: () => [] },
  {
    device: 'cuda',
    use: 'NVIDIA graphics cards: for large batches and large images',
    steps: (platform) =>
      platform === 'linux-x64'
        ? [
            'Install the NVIDIA driver: nvidia-smi must list the card.',
            'Install CUDA 12 and cuDNN 9, so that the loader finds libcudart.so.12 and libcudnn.so.9 ' +
              '(or put their folders into LD_LIBRARY_PATH).',
            'Fetch the CUDA provider of ONNX Runtime: ' +
              'ONNXRUNTIME_NODE_INSTALL=true node node_modules/onnxruntime-node/script/install.js',
            'Check: nacre devices',
          ]
        : ['ONNX Runtime for Node has a CUDA provider for Linux on x64 only: use webgpu here.'],
  },
  {
    device: 'webgpu',
    use: 'graphics cards of all makers, through Vulkan, Direct3D 12 or Metal',
    steps: (platform) =>
      platform.startsWith('linux')
        ? [
            'Install the Vulkan loader: apt-get install libvulkan1',
            'Install a Vulkan driver: apt-get install mesa-vulkan-drivers, or that of NVIDIA.',
            'Check: vulkaninfo --summary (from vulkan-tools), then nacre devices',
          ]
        : ['Update the driver of the graphics card.'],
  },
];

/** Tries each device. */
export async function devices(report: Report): Promise<Outcome> {
  const platform = `${process.platform}-${process.arch}`;
  const rows: Record<string, unknown>[] = [];
  for (const { device, use, steps } of DEVICES) {
    const reason = await whyNot(device);
    const enable = reason === undefined ? [] : steps(platform);
    report.line(
      `${device.padEnd(7)} ${reason === undefined ? 'works' : 'does not work here'}; ${use}`,
    );
    if (reason !== undefined) report.line(`        ${reason}`);
    for (const [i, step] of enable.entries()) report.line(`        ${i + 1}. ${step}`);
    rows.push({ device, works: reason === undefined, reason, enable });
  }
  return { result: { devices: rows } };
}

/** Why a device cannot be used; undefined if it can. */
async function whyNot(device: Device): Promise<string | undefined> {
  try {
    await createRuntime({ device });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
