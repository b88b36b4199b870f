/** Files of a small repository, path → content. */
export type Files = Record<string, string>;

export interface FolderBreach {
  rule: string;
  /** The file that breaks the rule. */
  from: string;
  content: string;
}

/** What the breaches and the lawful files reach for. Two of the packages are special: prettier is a devDependency, left-pad is not declared. */
export const folderScenery: Files = {
  'package.json': JSON.stringify({
    type: 'module',
    imports: { '#libs/*': { 'parley-source': './libs/*/src/index.ts', default: './dist/libs/*/src/index.js' } },
    dependencies: {
      '@nestjs/common': '*',
      '@opentelemetry/api': '*',
      axios: '*',
      kafkajs: '*',
      pg: '*',
      typeorm: '*',
      zod: '*',
    },
    devDependencies: { prettier: '*' },
  }),
  ...Object.fromEntries(
    [
      '@nestjs/common',
      '@opentelemetry/api',
      'axios',
      'kafkajs',
      'left-pad',
      'pg',
      'prettier',
      'typeorm',
      'zod',
    ].flatMap((name) => [
      [`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' })],
      [`node_modules/${name}/index.js`, 'module.exports = {};'],
    ]),
  ),
  'apps/channels/src/channels.module.ts': "import './room.js';",
  'apps/channels/src/room.ts': 'export const room = 1;',
  'libs/channels/facebook/src/index.ts': "import './inner.js';",
  'libs/channels/facebook/src/inner.ts': 'export const inner = 1;',
  'libs/channels/kit/src/index.ts': "import './inner.js';",
  'libs/channels/kit/src/inner.ts': 'export const inner = 1;',
  'libs/channels/whatsapp/src/index.ts': "import '#libs/channels/kit';",
  'libs/conversations/src/index.ts': "import '#libs/errors';",
  'libs/errors/src/index.ts': "import './inner.js';",
  'libs/errors/src/inner.ts': 'export const inner = 1;',
  'libs/streaming/src/cycle-b.ts': "import './cycle-a.js';",
  'libs/streaming/src/stream.spec.ts': "import '#libs/errors';",
};

export const folderBreaches: FolderBreach[] = [
  { rule: 'no-circular', from: 'libs/streaming/src/cycle-a.ts', content: "import './cycle-b.js';" },
  { rule: 'no-orphans', from: 'libs/streaming/src/nobody.ts', content: 'export const nobody = 1;' },
  {
    rule: 'apps-are-leaves',
    from: 'libs/streaming/src/app.ts',
    content: "import '../../../apps/channels/src/room.js';",
  },
  {
    rule: 'apps-do-not-know-each-other',
    from: 'apps/sender/src/other.ts',
    content: "import '../../channels/src/channels.module.js';",
  },
  {
    rule: 'standalone-takes-modules-only',
    from: 'apps/standalone/src/room.ts',
    content: "import '../../channels/src/room.js';",
  },
  {
    rule: 'a-channel-is-known-only-to-the-list',
    from: 'apps/sender/src/facebook.ts',
    content: "import '#libs/channels/facebook';",
  },
  {
    rule: 'channels-do-not-know-each-other',
    from: 'libs/channels/facebook/src/other.ts',
    content: "import '#libs/channels/whatsapp';",
  },
  {
    rule: 'channels-see-only-schema-and-kit',
    from: 'libs/channels/facebook/src/errors.ts',
    content: "import type { inner } from '#libs/errors';",
  },
  {
    rule: 'channels-are-framework-free',
    from: 'libs/channels/facebook/src/nest.ts',
    content: "import '@nestjs/common';",
  },
  {
    rule: 'floor-does-not-see-upstairs',
    from: 'libs/event-log/src/upstairs.ts',
    content: "import '#libs/conversations';",
  },
  { rule: 'schema-is-pure', from: 'libs/messaging/src/disk.ts', content: "import 'node:fs';" },
  { rule: 'schema-is-pure', from: 'libs/messaging/src/errors.ts', content: "import '#libs/errors';" },
  { rule: 'kafka-stays-in-event-log', from: 'libs/event-log/src/postgres/kafka.ts', content: "import 'kafkajs';" },
  { rule: 'typeorm-stays-in-database', from: 'libs/conversations/src/typeorm.ts', content: "import 'typeorm';" },
  { rule: 'typeorm-stays-in-database', from: 'apps/channels/src/pg.ts', content: "import type { Pool } from 'pg';" },
  {
    rule: 'opentelemetry-stays-in-tracing',
    from: 'libs/observability/src/otel.ts',
    content: "import type { Span } from '@opentelemetry/api';",
  },
  {
    rule: 'opentelemetry-stays-in-tracing',
    from: 'libs/channels/facebook/src/otel.ts',
    content: "import '@opentelemetry/api';",
  },
  {
    rule: 'tracing-is-read-when-it-is-on',
    from: 'libs/observability/src/tracing/hasty.ts',
    content: "import './otel/start-otel.js';",
  },
  { rule: 'axios-stays-in-graph', from: 'libs/channels/facebook/src/send/axios.ts', content: "import 'axios';" },
  {
    rule: 'no-deep-imports-from-apps',
    from: 'apps/channels/src/deep.ts',
    content: "import '../../../libs/errors/src/inner.js';",
  },
  {
    rule: 'no-deep-imports-between-channels',
    from: 'libs/channels/facebook/src/deep.ts',
    content: "import '../../kit/src/inner.js';",
  },
  {
    rule: 'no-deep-imports-between-libs',
    from: 'libs/streaming/src/deep.ts',
    content: "import '../../errors/src/inner.js';",
  },
  { rule: 'not-to-test', from: 'libs/streaming/src/spec.ts', content: "import './stream.spec.js';" },
  { rule: 'not-to-dev-dep', from: 'libs/streaming/src/dev.ts', content: "import 'prettier';" },
  { rule: 'no-undeclared', from: 'libs/streaming/src/undeclared.ts', content: "import 'left-pad';" },
  { rule: 'not-to-unresolvable', from: 'libs/streaming/src/missing.ts', content: "import './does-not-exist.js';" },
  { rule: 'not-to-unresolvable', from: 'libs/streaming/src/deep-name.ts', content: "import '#libs/errors/inner';" },
];

/** What the law must let through. */
export const lawfulFiles: Files = {
  'apps/channels/src/lawful.ts': "import '#libs/channels/all';\nimport '#libs/errors';\nimport '@nestjs/common';",
  'apps/standalone/src/lawful.module.ts': "import '../../channels/src/channels.module.js';",
  'libs/channels/all/src/index.ts': "import '#libs/channels/facebook';",
  'libs/channels/facebook/src/graph/graph.client.ts': "import 'axios';\nimport '#libs/channels/kit';",
  'libs/channels/facebook/src/lawful.ts': "import '#libs/messaging';\nimport 'zod';",
  'libs/database/src/lawful.ts': "import 'typeorm';\nimport 'pg';\nimport '#libs/errors';",
  'libs/event-log/src/kafka/lawful.ts': "import 'kafkajs';\nimport '#libs/database';",
  'libs/database/src/index.ts': "import './lawful.js';",
  'libs/observability/src/tracing/otel/start-otel.ts': "import '@opentelemetry/api';",
  'libs/observability/src/tracing/open-tracing.ts': "export const open = () => import('./otel/start-otel.js');",
  'libs/observability/src/index.ts': "import './tracing/open-tracing.js';",
  'libs/messaging/src/index.ts': "import 'zod';\nimport 'node:crypto';",
  'libs/streaming/src/lawful.spec.ts': "import 'prettier';\nimport '#libs/testing';",
  'libs/testing/src/index.ts': "import '#libs/errors';",
};
