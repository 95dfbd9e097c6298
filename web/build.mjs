// node build.mjs FOLDER: page.js and page.css in FOLDER, from source/.
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

await build({
  entryPoints: { page: fileURLToPath(new URL('source/main.ts', import.meta.url)) },
  outdir: process.argv[2],
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2020',
  charset: 'ascii',
  legalComments: 'none',  // uPlot's licence stands in page.html
  logLevel: 'warning',
}).catch(() => process.exit(1));  // esbuild has said what is wrong
