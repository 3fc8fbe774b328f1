// The public door of @nacre/compare: measuring codecs against each other.
export { type Curve, readCurve, writeCurve } from './anchor.js';
export { type BdRate, bdRate, type RatePoint } from './bd-rate.js';
export { type BesideJpeg, besideJpeg, formatBesideJpeg } from './beside-jpeg.js';
export { type Coded, nacreCodec, type PictureCodec, sharpJpeg } from './codecs.js';
export { type Jpeg, jpegOfBytes, jpegOfPsnr } from './jpeg-search.js';
export { meanSquaredError, psnr } from './psnr.js';
export {
  averageOverPictures,
  firstStepNotUp,
  type MeanPoint,
  type Measurement,
  measure,
} from './rate-distortion.js';
