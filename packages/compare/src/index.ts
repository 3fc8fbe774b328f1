// The public API of @nacre/compare: measuring codecs against each other.
export { type Curve, readCurve, writeCurve } from './anchor.js';
export {
  type BdRate,
  type BdScore,
  bdRate,
  bdScore,
  type RatePoint,
} from './bd-rate.js';
export { type BesideJpeg, besideJpeg, formatBesideJpeg } from './beside-jpeg.js';
export {
  type BlindCandidate,
  type BlindOptions,
  type BlindTest,
  type BlindTrial,
  prepareBlindTest,
  writeBlindTest,
} from './blind.js';
export { butteraugli, hasButteraugli } from './butteraugli.js';
export { CODEC_NAMES, DEFAULT_CODECS, isCodecName, openCodec } from './codecs.js';
export { colourError } from './colour-error.js';
export { type ComparedCodec, type CompareOptions, type Comparison, compare } from './compare.js';
export { cropsBeside } from './crops.js';
export type {
  Difference,
  ImageRate,
  MeanCurves,
  MeanOfRates,
  MeansAtRate,
} from './evaluate.js';
export type { Example, ExampleVersion } from './examples.js';
export type { ImageCodec } from './image-codec.js';
export { type Measurement, measure } from './measure.js';
export { METRICS, type Metric } from './metrics.js';
export { msSsim } from './ms-ssim.js';
export { nacreCodec } from './nacre-codec.js';
export { parseQualities } from './qualities.js';
export { type Coded, codedOfBytes, codedOfPsnr } from './quality-search.js';
export { averageOverImages, type MeanPoint } from './rate-distortion.js';
export { sharpCodec } from './sharp-codecs.js';
export type { LeftOut, Source } from './sources.js';
export type { SweepProgress } from './sweep.js';
export type { Candidate, Crop } from './worker.js';
export { checkFree, type ReportOptions, summaryOf, writeReport } from './write-report.js';
