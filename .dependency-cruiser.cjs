// The law of the folders (docs/adr/0002, CONTRIBUTING.md). dependency-cruiser refuses regular expressions it deems unsafe:
// keep them simple. tools/laws holds one seeded breach for every rule and fails when a rule has none.

const specs = '[.-]spec\\.ts$';
/** A package in node_modules, wherever npm has put it. */
const packages = (names) => `(^|/)node_modules/(${names})/`;

const foldersRules = [
  { name: 'no-circular', from: {}, to: { circular: true } },
  {
    name: 'no-orphans',
    from: {
      orphan: true,
      pathNot: [specs, '\\.d\\.ts$', 'main\\.ts$', '/migrations/', '(^|/)test/', '^tools/[^/]+\\.mjs$'],
    },
    to: {},
  },
  { name: 'apps-are-leaves', from: { path: '^(libs|deploy|tools)/' }, to: { path: '^apps/' } },
  {
    name: 'apps-do-not-know-each-other',
    from: { path: '^apps/(?!standalone/)([^/]+)/' },
    to: { path: '^apps/', pathNot: '^apps/$1/' },
  },
  {
    name: 'standalone-takes-modules-only',
    from: { path: '^apps/standalone/' },
    to: { path: '^apps/', pathNot: ['^apps/standalone/', '\\.module\\.ts$'] },
  },
];

const channelRules = [
  {
    name: 'a-channel-is-known-only-to-the-list',
    from: { pathNot: '^libs/channels/' },
    to: { path: '^libs/channels/', pathNot: '^libs/channels/(kit|testing|all)/' },
  },
  {
    name: 'channels-do-not-know-each-other',
    from: { path: '^libs/channels/([^/]+)/', pathNot: '^libs/channels/all/' },
    to: { path: '^libs/channels/', pathNot: ['^libs/channels/$1/', '^libs/channels/(kit|testing)/'] },
  },
  {
    name: 'channels-see-only-schema-and-kit',
    from: { path: '^libs/channels/[^/]+/src/' },
    to: { path: '^libs/', pathNot: '^libs/(channels|messaging)/' },
  },
  {
    name: 'channels-are-framework-free',
    from: { path: '^libs/channels/' },
    to: { path: packages('@nestjs|typeorm|kafkajs|express|fastify|rxjs') },
  },
];

const libraryRules = [
  {
    name: 'floor-does-not-see-upstairs',
    from: { path: '^libs/(event-log|database|config|errors|observability)/' },
    to: { path: '^libs/(channels|conversations|streaming|webhooks)/' },
  },
  {
    // zod and the hash of the ids; crypto touches neither clock, disk nor network.
    name: 'schema-is-pure',
    from: { path: '^libs/messaging/src/', pathNot: specs },
    to: { pathNot: ['^libs/messaging/', packages('zod'), '^crypto$'] },
  },
  {
    name: 'kafka-stays-in-event-log',
    from: { pathNot: '^libs/event-log/(src/kafka|test)/' },
    to: { path: packages('kafkajs|@confluentinc/kafka-javascript') },
  },
  {
    name: 'typeorm-stays-in-database',
    from: { pathNot: '^libs/database/' },
    to: { path: packages('typeorm|@nestjs/typeorm|pg|@types/pg') },
  },
  {
    name: 'opentelemetry-stays-in-tracing',
    from: { pathNot: '^libs/observability/src/tracing/otel/' },
    to: { path: packages('@opentelemetry') },
  },
  {
    // off is usual, and then none of it is read: dynamic imports only
    name: 'tracing-is-read-when-it-is-on',
    from: { pathNot: '^libs/observability/src/tracing/otel/' },
    to: { path: '^libs/observability/src/tracing/otel/', dynamic: false },
  },
  {
    name: 'axios-stays-in-graph',
    from: { pathNot: '^libs/channels/[^/]+/src/graph/' },
    to: { path: packages('axios') },
  },
  {
    name: 'no-deep-imports-from-apps',
    from: { path: '^apps/' },
    to: { path: '^libs/.+/src/', pathNot: ['/src/index\\.ts$', '/src/contract/'] },
  },
  {
    name: 'no-deep-imports-between-channels',
    from: { path: '^libs/channels/([^/]+)/' },
    to: { path: '^libs/.+/src/', pathNot: ['^libs/channels/$1/', '/src/index\\.ts$', '/src/contract/'] },
  },
  {
    name: 'no-deep-imports-between-libs',
    from: { path: '^libs/(?!channels/)([^/]+)/' },
    to: { path: '^libs/.+/src/', pathNot: ['^libs/$1/', '/src/index\\.ts$', '/src/contract/'] },
  },
];

const packageRules = [
  {
    name: 'not-to-test',
    from: { pathNot: [specs, '/(contract|test|testing)/', '^(test|tools)/'] },
    to: { path: [specs, '/(contract|test|testing)/', '^test/'] },
  },
  {
    name: 'not-to-dev-dep',
    from: { path: '^(apps|libs)/.+/src/', pathNot: [specs, '/(contract|test|testing)/'] },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: packages('@types') },
  },
  { name: 'no-undeclared', from: {}, to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] } },
  { name: 'not-to-unresolvable', from: {}, to: { couldNotResolve: true } },
];

const rules = [...foldersRules, ...channelRules, ...libraryRules, ...packageRules];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: rules.map((rule) => ({ ...rule, severity: 'error' })),
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist' },
    // A type-only import is an edge too: the law is about what a reader has to know.
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['parley-source', 'import', 'types', 'node', 'default'],
    },
  },
};
