// Prints as JSON what our two law books contain: {folder: [rule], lint: [{law, rule}]}. A child process of laws.spec.ts:
// eslint's configuration does not load inside Jest's module system.
import { createRequire } from 'node:module';
import eslintConfig from '../../eslint.config.js';

const { forbidden } = createRequire(import.meta.url)('../../.dependency-cruiser.cjs');

/** A restriction is a list of things, each a law of its own; any other rule is one law. */
function lawsOf(rule, [severity, ...options]) {
  if (severity === 'off') return [];
  if (rule === 'no-restricted-imports') return options[0].paths.map(({ name }) => `${rule}: ${name}`);
  if (rule === 'no-restricted-globals') return options.map(({ name }) => `${rule}: ${name}`);
  if (rule === 'no-restricted-properties')
    return options.map(({ object, property }) => `${rule}: ${object}.${property}`);
  if (rule === 'no-restricted-syntax') return options.map(({ message }) => `${rule}: ${message}`);
  return [rule];
}

const lint = eslintConfig
  .filter(({ name }) => name?.startsWith('parley/'))
  .flatMap(({ rules }) => Object.entries(rules))
  .flatMap(([rule, setting]) => lawsOf(rule, [setting].flat()));

console.log(JSON.stringify({ folder: forbidden.map(({ name }) => name), lint: [...new Set(lint)] }));
