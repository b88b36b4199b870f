// NestJS 12 is ESM only: jest runs with --experimental-vm-modules and swc emits ES modules (docs/adr/0002).
import { existsSync } from 'node:fs';
import { kafkaOfThisRun, kafkaSuites } from './tools/kafka/kafka-suites.mjs';
import { slowDiskSuites, whyNoSlowDisk } from './test/slow-disk/slow-disk.mjs';

const isThere = (path) => existsSync(new URL(path, import.meta.url));

export default {
  roots: ['apps', 'libs', 'tools', 'test'].filter(isThere).map((folder) => `<rootDir>/${folder}`),
  // One PostgreSQL for all suites that want one.
  ...(isThere('test/global-setup.mjs') && { globalSetup: '<rootDir>/test/global-setup.mjs' }),
  ...(isThere('test/global-teardown.mjs') && { globalTeardown: '<rootDir>/test/global-teardown.mjs' }),
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
  testMatch: ['**/*.spec.ts', '**/*.contract-spec.ts', '**/*.int-spec.ts', '**/*.e2e-spec.ts'],
  // said as not run by tools/setup/run-tests.mjs
  testPathIgnorePatterns: [
    '/node_modules/',
    ...(whyNoSlowDisk() === undefined ? [] : [slowDiskSuites]),
    ...(kafkaOfThisRun() === undefined ? [kafkaSuites] : []),
  ],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironmentOptions: { customExportConditions: ['parley-source', 'node', 'node-addons'] },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        module: { type: 'es6' },
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          keepClassNames: true,
        },
      },
    ],
  },
  testTimeout: 30_000,
};
