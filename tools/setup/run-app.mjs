import { existsSync, readdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { inRoot } from './root.mjs';
import { giveUp } from './step.mjs';

/** Imports the app into this process: whoever signals npm's child signals the app. */
export async function runApp(name, args) {
  const bundles = inRoot('dist', 'bundles');
  const known = existsSync(bundles) ? readdirSync(bundles).flatMap((file) => file.match(/^(.+)\.mjs$/)?.[1] ?? []) : [];
  if (!known.includes(name)) giveUp(`There is no app "${name ?? ''}". There are: ${known.join(', ') || 'none'}.`);
  const bundle = inRoot('dist', 'bundles', `${name}.mjs`);
  process.argv = [process.execPath, bundle, ...args];
  await import(pathToFileURL(bundle).href);
}
