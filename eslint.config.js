import eslint from '@eslint/js';
import prettier from 'eslint-config-prettier/flat';
import jest from 'eslint-plugin-jest';
import tseslint from 'typescript-eslint';

// Every block named `parley/…` is our own law: tools/laws has one seeded breach for each of its rules and restrictions,
// and fails when one has none.

const sources = ['apps/**/*.ts', 'libs/**/*.ts', 'tools/**/*.ts', 'test/**/*.ts'];
const specs = ['**/*.spec.ts', '**/*-spec.ts', '**/contract/**/*.ts'];
const testSupport = ['**/test/**', 'test/**', '**/testing/**', 'libs/testing/**'];
const scripts = ['**/*.mjs', '**/*.cjs', '*.js'];

const noDtoAsType = [
  {
    selector: 'Program:has(Decorator) > ImportDeclaration[importKind="type"][source.value=/\\.request\\.js$/]',
    message:
      'A DTO imported by `import type` leaves no metadata: ValidationPipe would let every body through. Use `import`.',
  },
  {
    selector:
      'Program:has(Decorator) > ImportDeclaration[source.value=/\\.request\\.js$/] > ImportSpecifier[importKind="type"]',
    message: 'A DTO imported as `type` leaves no metadata: ValidationPipe would let every body through. Drop `type`.',
  },
];

const noClockReading = [
  {
    selector: 'MemberExpression[object.name="Date"][property.name="now"]',
    message: 'Take the time from the injected clock: Date.now() cannot be tested.',
  },
  {
    selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
    message: 'Take the time from the injected clock: new Date() without an argument cannot be tested.',
  },
];

const noTimers = ['setTimeout', 'setInterval'].map((name) => ({
  name,
  message: 'The domain does not wait: give the time to the caller, or take a clock.',
}));

const noFetch = { name: 'fetch', message: 'The network is reached in *.client.ts only.' };

export default tseslint.config(
  { ignores: ['dist*/', 'node_modules/', '.cache/', '.parley/', 'coverage/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: sources,
    extends: [eslint.configs.recommended, tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // Nest modules are empty decorated classes, and Nest declares its options as classes.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // Numbers in messages are wanted.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // As tsc has it: an argument that only holds a place begins with an underscore.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  {
    name: 'parley/types',
    files: sources,
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/strict-boolean-expressions': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
    },
  },
  {
    name: 'parley/size',
    files: sources,
    rules: {
      'max-lines': ['error', 250],
      'max-lines-per-function': ['error', 60],
      // An exhaustive switch over the kinds of a thing is one decision.
      complexity: ['error', { max: 10, variant: 'modified' }],
      'max-params': 'off',
      '@typescript-eslint/max-params': ['error', { max: 4 }],
    },
  },
  {
    name: 'parley/words',
    files: sources,
    rules: {
      'no-console': 'error',
      'no-warning-comments': 'error',
      'no-restricted-exports': [
        'error',
        {
          restrictDefaultExports: {
            direct: true,
            named: true,
            defaultFrom: true,
            namedFrom: true,
            namespaceFrom: true,
          },
        },
      ],
    },
  },
  {
    name: 'parley/doors',
    files: sources,
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'The environment is read in libs/config/src/read-env.ts only.' },
      ],
      'no-restricted-imports': [
        'error',
        {
          paths: ['node:process', 'process'].map((name) => ({
            name,
            importNames: ['env'],
            message: 'The environment is read in libs/config/src/read-env.ts only.',
          })),
        },
      ],
      'no-restricted-globals': ['error', noFetch],
      'no-restricted-syntax': ['error', ...noDtoAsType],
    },
  },
  {
    name: 'parley/clock',
    files: ['libs/conversations/**/*.ts', 'libs/webhooks/**/*.ts'],
    ignores: [...specs, ...testSupport],
    rules: {
      'no-restricted-globals': ['error', noFetch, ...noTimers],
      'no-restricted-syntax': ['error', ...noDtoAsType, ...noClockReading],
    },
  },
  {
    // The one reader of the environment; tools are not part of the product.
    files: ['libs/config/src/read-env.ts', 'tools/**/*.ts'],
    rules: { 'no-restricted-properties': 'off', 'no-restricted-imports': 'off' },
  },
  {
    files: ['**/*.client.ts', 'apps/simulator/**/*.ts', 'tools/**/*.ts'],
    rules: { 'no-restricted-globals': 'off' },
  },
  {
    // A migration is one text in SQL.
    files: ['libs/database/src/migrations/*.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    files: specs,
    extends: [jest.configs['flat/recommended']],
    rules: {
      // A spec is a list of cases: its describe is one long function, and a case says its steps in a row.
      'max-lines-per-function': 'off',
      'max-lines': ['error', 500],
    },
  },
  {
    name: 'parley/tests',
    files: specs,
    rules: {
      'jest/no-focused-tests': 'error',
      'jest/no-disabled-tests': 'error',
      'jest/expect-expect': ['error', { assertFunctionNames: ['expect', 'expect*', '**.expect*', 'fc.assert'] }],
      'jest/no-conditional-in-test': 'error',
    },
  },
  {
    files: [...specs, ...testSupport],
    rules: {
      // Tests start processes and call them from outside, as a user does.
      'no-restricted-properties': 'off',
      'no-restricted-imports': 'off',
      'no-restricted-globals': 'off',
      // Contract suites export functions that hold tests; `expect(object.method)` is how jest looks at a method.
      'jest/no-export': 'off',
      '@typescript-eslint/unbound-method': 'off',
      // `expect.any(String)` inside an expected object is an `any`.
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
  {
    files: scripts,
    extends: [eslint.configs.recommended],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'process',
          'console',
          'URL',
          'fetch',
          'setTimeout',
          'clearTimeout',
          'setInterval',
          'clearInterval',
          'performance',
          'Buffer',
          'AbortSignal',
          'AbortController',
          'WebSocket',
          'TextDecoder',
          'TextEncoder',
          'module',
          'require',
        ].map((name) => [name, 'readonly']),
      ),
    },
    rules: { 'max-lines': ['error', 250], 'max-lines-per-function': ['error', 60], complexity: ['error', 10] },
  },
  prettier,
);
