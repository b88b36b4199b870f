import { readFileSync } from 'node:fs';
import ts from 'typescript';

interface Port {
  readonly file: string;
  readonly interfaces: Readonly<Record<string, string>>;
}

/** Where the ports are declared, and what the points of each are called. */
const ports: readonly Port[] = [
  {
    file: 'libs/event-log/src/event-log.ts',
    interfaces: { EventLog: 'log', Subscription: 'subscription', Tail: 'tail', TailOptions: 'log.tail' },
  },
  {
    file: 'libs/database/src/database.ts',
    interfaces: {
      Database: 'database',
      Queryable: 'database',
      Transaction: 'transaction',
      LastStatement: 'transaction.last',
    },
  },
  { file: 'libs/channels/kit/src/sending.ts', interfaces: { ChannelSending: 'graph', ChannelSearch: 'graph' } },
  { file: 'libs/channels/kit/src/contacts.ts', interfaces: { ChannelContacts: 'graph' } },
  { file: 'libs/channels/kit/src/connecting.ts', interfaces: { ChannelConnecting: 'graph', ChannelCall: 'graph' } },
];

/** What has other points than before and after. A handler's bear the names of its group and topic. */
const special: Readonly<Record<string, readonly string[]>> = {
  'database.transaction': [
    'database.begin.before',
    'database.begin.after',
    'database.commit.before',
    'database.commit.after',
  ],
  'database.transaction.work': [],
  'log.subscribe.handler': [],
};

/** Every point of every port, read from the declarations: a method that is added to a port is on the list by itself. */
export function listPoints(): readonly string[] {
  const methods = ports.flatMap(({ file, interfaces }) => methodsIn(file, interfaces));
  return [...new Set(methods.flatMap(pointsOf)), 'graph.request.written', ...pointsOf('transaction.query')];
}

/** Of a consumer, as the database knows it. */
export function pointsOfConsumer({
  group,
  topic,
}: {
  readonly group: string;
  readonly topic: string;
}): readonly string[] {
  return pointsOf(`handler.${group}.${topic}`);
}

function pointsOf(method: string): readonly string[] {
  const [before, after] = method.startsWith('graph.') ? ['before', 'answered'] : ['before', 'after'];
  return special[method] ?? [`${method}.${before}`, `${method}.${after}`];
}

function methodsIn(file: string, interfaces: Port['interfaces']): string[] {
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  const aliases = functionAliases(source);
  return Object.entries(interfaces).flatMap(([name, prefix]) => {
    const declared = source.statements.filter(ts.isInterfaceDeclaration).find((one) => one.name.text === name);
    if (declared === undefined) throw new Error(`${file} declares no interface ${name}`);
    return declared.members.flatMap((member) => methodsOf(member, prefix, aliases));
  });
}

function functionAliases(source: ts.SourceFile): ReadonlySet<string> {
  const aliases = source.statements.filter(ts.isTypeAliasDeclaration);
  return new Set(aliases.filter(({ type }) => ts.isFunctionTypeNode(type)).map(({ name }) => name.text));
}

/** The method, and the functions that it is given; of a channel only what waits for the source. */
function methodsOf(member: ts.TypeElement, prefix: string, aliases: ReadonlySet<string>): string[] {
  if (member.name === undefined) return [];
  const name = `${prefix}.${member.name.getText()}`;
  const isFunction = (type: ts.TypeNode | undefined): boolean =>
    type !== undefined && (ts.isFunctionTypeNode(type) || aliases.has(type.getText()));
  if (ts.isPropertySignature(member)) return isFunction(member.type) ? [name] : [];
  if (!ts.isMethodSignature(member)) return [];
  if (prefix === 'graph' && member.type?.getText().startsWith('Promise<') !== true) return [];
  const given = member.parameters.filter(({ type }) => isFunction(type));
  return [name, ...given.map((parameter) => `${name}.${parameter.name.getText()}`)];
}
