// <nacre-image> in JSX.
import '@nacre/web/react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';

createRoot(document.querySelector('#root')!).render(<App />);
