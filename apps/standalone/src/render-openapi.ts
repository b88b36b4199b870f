import 'reflect-metadata';
import { channelDefinitions } from '#libs/channels/all';
import { HealthModule } from '#libs/http';
import { buildDocument } from '#libs/openapi';
import { describeDoors } from './openapi/doors.js';
import { StandaloneModule } from './standalone.module.js';

const info = {
  title: 'Parley',
  version: '0.1.0',
  license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
  description: [
    'Connects pages once and gives every conversation as one ordered, replayable stream of messages, with one call to answer.',
    'Every call is a `POST` with a JSON object as body; no body is `{}`, and `null` counts as absent. Unknown fields are ignored,',
    'except within `content`. Ids are opaque. Times are ISO-8601 in UTC with milliseconds.',
    'Of two copies of an object the one with the higher `version` is newer. Answers may get more fields: ignore those that you do not know.',
  ].join('\n'),
};

/** `docs/openapi.json`: what the modules mount, without starting any of them. */
export function renderOpenApi(): string {
  const connectors = channelDefinitions
    .map((definition) => definition.configure({}))
    .flatMap((configured) => (configured.ok ? [configured.connector] : []));
  // in place of the platform: what it mounts, and nothing that it opens
  const module = StandaloneModule.forRoot({ module: HealthModule }, connectors, { directory: '', maxBytes: 0 });
  const document = buildDocument(module, { info, doors: (book) => describeDoors(book, connectors) });
  return `${JSON.stringify(document, null, 2)}\n`;
}
