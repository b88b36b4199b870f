import type { Files } from './folder-breaches.js';

export interface LintBreach {
  /** A rule, or `rule: what` for one restriction of several; own-laws.mjs names them so. */
  law: string;
  path: string;
  content: string;
}

const controller = `
declare const Controller: ClassDecorator;
@Controller
export class Door { answer(body: SendRequest): void { body.check(); } }
`;

function statements(count: number, statement: string): string {
  return Array.from({ length: count }, () => statement).join('\n');
}

export const lintScenery: Files = {
  'package.json': JSON.stringify({ type: 'module' }),
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      target: 'ES2023',
      module: 'nodenext',
      strict: true,
      verbatimModuleSyntax: true,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      types: [],
    },
  }),
  'libs/a/src/send.request.ts': 'export class SendRequest { check(): void { return; } }',
  'libs/a/src/shape.ts': 'export interface Shape { area: number }',
};

export const lintBreaches: LintBreach[] = [
  {
    law: '@typescript-eslint/switch-exhaustiveness-check',
    path: 'libs/a/src/switch.ts',
    content: `export function say(kind: 'a' | 'b'): void { switch (kind) { case 'a': say('b'); } }`,
  },
  {
    law: '@typescript-eslint/strict-boolean-expressions',
    path: 'libs/a/src/boolean.ts',
    content: `export function isFull(text: string | undefined): boolean { return text ? true : false; }`,
  },
  {
    law: '@typescript-eslint/explicit-module-boundary-types',
    path: 'libs/a/src/boundary.ts',
    content: `export function one() { return 1; }`,
  },
  {
    law: '@typescript-eslint/consistent-type-imports',
    path: 'libs/a/src/type-import.ts',
    content: `import { Shape } from './shape.js';\nexport const area = (shape: Shape): number => shape.area;`,
  },
  {
    law: '@typescript-eslint/no-explicit-any',
    path: 'libs/a/src/any.ts',
    content: `export const anything: any = 1;`,
  },
  { law: 'max-lines', path: 'libs/a/src/long.ts', content: statements(251, 'export {};') },
  {
    law: 'max-lines-per-function',
    path: 'libs/a/src/long-function.ts',
    content: `export function long(): void {\n${statements(60, 'long();')}\n}`,
  },
  {
    law: 'complexity',
    path: 'libs/a/src/complex.ts',
    content: `export function complex(n: number): void {\n${statements(10, 'if (n > 1) complex(n);')}\n}`,
  },
  {
    law: '@typescript-eslint/max-params',
    path: 'libs/a/src/params.ts',
    content: `export class Door { constructor(readonly a: 1, readonly b: 1, readonly c: 1, readonly d: 1, readonly e: 1) {} }`,
  },
  { law: 'no-console', path: 'libs/a/src/console.ts', content: `console.log('here');` },
  // Put together, so that the rule does not find it here as well.
  { law: 'no-warning-comments', path: 'libs/a/src/comment.ts', content: `// ${'TO' + 'DO'} later` },
  { law: 'no-restricted-exports', path: 'libs/a/src/default.ts', content: `export default 1;` },
  {
    law: 'no-restricted-properties: process.env',
    path: 'libs/a/src/environment.ts',
    content: `export const home: unknown = process.env.HOME;`,
  },
  {
    law: 'no-restricted-imports: node:process',
    path: 'libs/a/src/environment-import.ts',
    content: `import { env } from 'node:process';\nexport const home: unknown = env;`,
  },
  {
    law: 'no-restricted-imports: process',
    path: 'libs/a/src/environment-import-bare.ts',
    content: `import { env } from 'process';\nexport const home: unknown = env;`,
  },
  {
    law: 'no-restricted-globals: fetch',
    path: 'libs/a/src/fetch.ts',
    content: `export const answer: unknown = fetch('http://localhost');`,
  },
  {
    law: 'no-restricted-syntax: A DTO imported by `import type`',
    path: 'apps/a/src/door.controller.ts',
    content: `import type { SendRequest } from '../../../libs/a/src/send.request.js';${controller}`,
  },
  {
    law: 'no-restricted-syntax: A DTO imported as `type`',
    path: 'apps/a/src/window.controller.ts',
    content: `import { type SendRequest } from '../../../libs/a/src/send.request.js';${controller}`,
  },
  {
    law: 'no-restricted-globals: setTimeout',
    path: 'libs/conversations/src/timeout.ts',
    content: `export const timer: unknown = setTimeout(() => 1, 1);`,
  },
  {
    law: 'no-restricted-globals: setInterval',
    path: 'libs/webhooks/src/interval.ts',
    content: `export const timer: unknown = setInterval(() => 1, 1);`,
  },
  {
    law: 'no-restricted-syntax: Take the time from the injected clock: Date.now()',
    path: 'libs/conversations/src/now.ts',
    content: `export const now = Date.now();`,
  },
  {
    law: 'no-restricted-syntax: Take the time from the injected clock: new Date()',
    path: 'libs/conversations/src/new-date.ts',
    content: `export const now = new Date();`,
  },
  {
    law: 'jest/no-focused-tests',
    path: 'libs/a/src/only.spec.ts',
    content: `it.only('runs', () => { expect(1).toBe(1); });`,
  },
  {
    law: 'jest/no-disabled-tests',
    path: 'libs/a/src/skip.spec.ts',
    content: `it.skip('runs', () => { expect(1).toBe(1); });`,
  },
  {
    law: 'jest/expect-expect',
    path: 'libs/a/test/idle.int-spec.ts',
    content: `it('expects nothing', () => { return; });`,
  },
  {
    law: 'jest/no-conditional-in-test',
    path: 'libs/a/test/if.e2e-spec.ts',
    content: `it('decides', () => { if (new Date(1).getTime() > 0) expect(1).toBe(1); });`,
  },
];

/** What the law must let through. */
export const lawfulSources: Files = {
  'libs/conversations/src/lawful.ts': `export const parsed = new Date(0);`,
  'libs/conversations/src/lawful.spec.ts': `it('waits', () => { setTimeout(() => Date.now(), 1); expect(1).toBe(1); });`,
  'libs/config/src/read-env.ts': `export const environment: unknown = process.env;`,
  'libs/a/src/graph.client.ts': `export const answer: unknown = fetch('http://localhost');`,
  'apps/a/src/lawful.controller.ts': `import { SendRequest } from '../../../libs/a/src/send.request.js';${controller}`,
  'apps/a/src/lawful.ts': `import type { SendRequest } from '../../../libs/a/src/send.request.js';
export function check(request: SendRequest): void { request.check(); }`,
};
