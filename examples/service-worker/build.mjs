// Nothing is built: the files of a site are put together, as you would on your server.
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = (name) => fileURLToPath(new URL('.', import.meta.resolve(name)));
const standalone = folder('@nacre/web/standalone/nacre.js');

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
for (const name of ['index.html', 'main.js', 'photo.ncr']) cpSync(name, `dist/${name}`);
cpSync(standalone, 'dist/nacre', { recursive: true });
cpSync(`${folder('@nacre/models/package.json')}photo-6`, 'dist/photo-6', { recursive: true });
// At the top of the site, so that it works for all of it.
cpSync(`${standalone}service-worker.js`, 'dist/service-worker.js');
