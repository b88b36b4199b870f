// Documents that are written from the code. `npm run generate` writes them, `npm run verify` refuses one that has drifted.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { inRoot } from './setup/root.mjs';

/** `render` is exported by the built `module` and answers the text, or a promise of it. */
const documents = [
  { target: 'docs/errors.md', module: 'dist/libs/errors/src/render-errors-doc.js', render: 'renderErrorsDoc' },
  { target: 'docs/config.md', module: 'dist/libs/config/src/render-config-doc.js', render: 'renderConfigDoc' },
  { target: '.env.example', module: 'dist/libs/config/src/render-config-doc.js', render: 'renderEnvExample' },
  { target: 'docs/openapi.json', module: 'dist/apps/standalone/src/render-openapi.js', render: 'renderOpenApi' },
];

/** As prettier would write it, so that the two checks never disagree; files that prettier does not know stay as they are. */
async function renderDocument({ target, module, render }) {
  const exported = await import(pathToFileURL(inRoot(module)).href);
  if (typeof exported[render] !== 'function')
    throw new Error(`${module} does not export ${render}(), which ${target} needs`);
  const text = await exported[render]();
  const prettier = await import('prettier');
  const { inferredParser } = await prettier.getFileInfo(inRoot(target));
  if (inferredParser === null) return text;
  const options = await prettier.resolveConfig(inRoot(target), { editorconfig: true });
  return prettier.format(text, { ...options, parser: inferredParser });
}

export async function generateDocuments() {
  for (const document of documents) {
    writeFileSync(inRoot(document.target), await renderDocument(document));
    console.log(`Wrote ${document.target}`);
  }
}

async function checkDocuments() {
  for (const document of documents) {
    const written = existsSync(inRoot(document.target)) ? readFileSync(inRoot(document.target), 'utf8') : undefined;
    if (written === (await renderDocument(document))) continue;
    console.error(`${document.target} is not what the code says. Write it again with: npm run generate`);
    process.exitCode = 1;
  }
}

if (process.argv[2] === '--check') await checkDocuments();
