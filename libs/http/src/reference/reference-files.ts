import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

interface ReferenceFile {
  readonly type: string;
  readonly content: Buffer;
}

interface KnownFile {
  readonly type: string;
  /** As Node finds it from within this package, wherever the code runs: in sources, in dist or in a bundle. */
  readonly specifier: string;
}

const script = 'text/javascript; charset=utf-8';
const style = 'text/css; charset=utf-8';

const files = new Map<string, KnownFile>([
  ['openapi.json', { type: 'application/json; charset=utf-8', specifier: '#docs/openapi.json' }],
  ['swagger-ui.css', { type: style, specifier: 'swagger-ui-dist/swagger-ui.css' }],
  ['swagger-ui-bundle.js', { type: script, specifier: 'swagger-ui-dist/swagger-ui-bundle.js' }],
]);

/** Read when it is asked for, and kept nowhere: an idle process pays nothing for its reference. Null: no such file. */
export async function readReferenceFile(name: string): Promise<ReferenceFile | null> {
  const known = files.get(name);
  if (known === undefined) return ownFiles.get(name) ?? null;
  const path = createRequire(import.meta.url).resolve(known.specifier);
  return { type: known.type, content: await readFile(path) };
}

/** `validatorUrl: null`, else the page would ask another host whether the document is valid. */
const start = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#reference',
  validatorUrl: null,
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
});
`;

const look = `body { margin: 0; }
.errors { font: 16px/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
:target { background: #fff3c4; }
`;

const ownFiles = new Map<string, ReferenceFile>([
  ['start.js', { type: script, content: Buffer.from(start) }],
  ['look.css', { type: style, content: Buffer.from(look) }],
]);
