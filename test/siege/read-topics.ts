import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export interface TopicRecord {
  readonly topic: string;
  readonly partition: number;
  /** Where it was relayed from; undefined: it was written straight to Kafka. */
  readonly sequence?: number;
  readonly value: string;
}

interface Assembler {
  assembleKafka(version?: string): string;
}

const run = promisify(execFile);
const assembler = new URL('../../tools/kafka/assemble.mjs', import.meta.url).href;
const program = fileURLToPath(new URL('../../tools/kafka/ReadTopics.java', import.meta.url));
const limits = { maxBuffer: 2 ** 30, timeout: 120_000 };

/** Who reads the topics besides us. */
export const reader = spawnSync('kcat', ['-V']).status === 0 ? 'kcat' : 'Kafka’s own client';

/** In the order of each partition. */
export async function readTopics(brokers: readonly string[], topics: readonly string[]): Promise<TopicRecord[]> {
  const servers = brokers.join(',');
  const text = reader === 'kcat' ? await readByKcat(servers, topics) : await readByJava(servers, topics);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(recordOf);
}

async function readByKcat(servers: string, topics: readonly string[]): Promise<string> {
  const args = ['-C', '-b', servers, '-o', 'beginning', '-e', '-q', '-f', '%t\t%p\t%h\t%s\n'];
  const texts = await Promise.all(topics.map((topic) => run('kcat', [...args, '-t', topic], limits)));
  return texts.map(({ stdout }) => stdout).join('');
}

async function readByJava(servers: string, topics: readonly string[]): Promise<string> {
  const { assembleKafka } = (await import(assembler)) as Assembler;
  const jars = assembleKafka(process.env['PARLEY_TEST_KAFKA_VERSION']);
  const quiet = '-Dorg.slf4j.simpleLogger.defaultLogLevel=error';
  const { stdout } = await run('java', [quiet, '-cp', join(jars, '*'), program, servers, ...topics], limits);
  return stdout;
}

function recordOf(line: string): TopicRecord {
  const [topic = '', partition = '', headers = '', ...value] = line.split('\t');
  const sequence = /(?:^|,)sequence=(\d+)/.exec(headers)?.[1];
  return {
    ...{ topic, partition: Number(partition), value: value.join('\t') },
    ...(sequence === undefined ? {} : { sequence: Number(sequence) }),
  };
}
