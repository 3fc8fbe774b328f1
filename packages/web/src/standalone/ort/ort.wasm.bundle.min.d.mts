// The script that build.mjs puts here has the exports of the package.
export * from 'onnxruntime-web';
