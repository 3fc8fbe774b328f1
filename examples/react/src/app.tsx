import { readImage } from '@nacre/web';
import { WorkerCodec } from '@nacre/web/client';
import { configure, type NacreImage } from '@nacre/web/element';
import { type JSX, useEffect, useState } from 'react';

const MODEL = '/photo-6/';
configure({ model: MODEL });
const codec = new WorkerCodec();

/** Compresses a file in the worker; returns the address of the result and a sentence about it. */
async function compress(file: File, quality: number, signal: AbortSignal) {
  const model = await codec.loadModel({ model: MODEL });
  const bytes = await codec.encode(await readImage(file), { model, quality, signal });
  const text = `${file.size} bytes became ${bytes.length} bytes`;
  return { src: URL.createObjectURL(new Blob([bytes])), text };
}

export function App(): JSX.Element {
  const [file, setFile] = useState<File>();
  const [quality, setQuality] = useState(50);
  const [shown, setShown] = useState({ src: '', text: 'Choose an image to compress.' });

  useEffect(() => {
    if (!file) return;
    // A new file or quality cancels the job before it.
    const job = new AbortController();
    compress(file, quality, job.signal).then(setShown, (error: Error) => {
      if (!job.signal.aborted) setShown({ src: '', text: error.message });
    });
    return () => job.abort();
  }, [file, quality]);

  return (
    <>
      <p>
        <label>
          Image <input type="file" onChange={(event) => setFile(event.target.files?.[0])} />
        </label>
      </p>
      <p>
        <label>
          Quality{' '}
          <input
            type="range"
            min="1"
            max="100"
            value={quality}
            onChange={(event) => setQuality(Number(event.target.value))}
          />
        </label>
      </p>
      <p>
        <output>{shown.text}</output>
      </p>
      {shown.src && (
        <nacre-image
          src={shown.src}
          alt="The compressed image"
          // As attributes of HTML are: React calls no onLoad of a custom element.
          onload={({ target }) => URL.revokeObjectURL((target as NacreImage).src)}
        />
      )}
    </>
  );
}
