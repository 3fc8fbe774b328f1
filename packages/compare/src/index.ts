// The public door of @nacre/compare: measuring codecs against each other.
export { type Curve, readCurve, writeCurve } from './anchor.js';
export {
  type BdRate,
  type BdScore,
  bdRate,
  bdScore,
  type RatePoint,
} from './bd-rate.js';
export { type BesideJpeg, besideJpeg, formatBesideJpeg } from './beside-jpeg.js';
export { butteraugli, hasButteraugli } from './butteraugli.js';
export {
  CODEC_NAMES,
  type CodecName,
  type ImageCodec,
  nacreCodec,
  type SharpCodecName,
  sharpCodec,
} from './codecs.js';
export {
  type ComparedCodec,
  type CompareOptions,
  type Comparison,
  compare,
  type Example,
} from './compare.js';
export type { Difference } from './evaluate.js';
export { type Measurement, measure } from './measure.js';
export { METRICS, type Metric } from './metrics.js';
export { msSsim } from './ms-ssim.js';
export { parseQualities } from './qualities.js';
export { type Coded, codedOfBytes, codedOfPsnr } from './quality-search.js';
export {
  averageOverImages,
  type MeanPoint,
} from './rate-distortion.js';
export { summaryOf, writeReport } from './write-report.js';
