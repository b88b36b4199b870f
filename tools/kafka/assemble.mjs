// The jars of a Kafka broker, fetched once by Maven and kept for all clones of this account.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The newest of each line that is wholly published. */
export const versions = { 3: '3.9.2', 4: '4.3.1' };
const oldestJava = 17;
const copyJars = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
const fetchWithinMs = 600_000;

function jarsOf(version) {
  const caches = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return join(caches, 'parley', `kafka-${version}`);
}

/** Why no broker can be started here, in words; undefined: one can. */
export function whyNoKafka(version = versions[4]) {
  const java = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const major = Number(/version "(\d+)/.exec(java.stderr ?? '')?.[1] ?? 0);
  if (major < oldestJava) return `it needs Java ${oldestJava} or newer (or KAFKA_BROKERS), and there is none here`;
  if (existsSync(jarsOf(version))) return undefined;
  const isMavenThere = spawnSync('mvn', ['-v'], { stdio: 'ignore' }).status === 0;
  return isMavenThere ? undefined : 'it needs Maven, once, to fetch Kafka (or KAFKA_BROKERS), and there is none here';
}

/** The folder of the jars. Two at once fetch twice, and the first one's folder stays. */
export function assembleKafka(version = versions[4]) {
  const jars = jarsOf(version);
  if (existsSync(jars)) return jars;
  mkdirSync(dirname(jars), { recursive: true });
  const next = mkdtempSync(`${jars}.`);
  const pom = fileURLToPath(new URL('./pom.xml', import.meta.url));
  const properties = [`-Dkafka.version=${version}`, '-DincludeScope=runtime', `-DoutputDirectory=${next}`];
  try {
    execFileSync('mvn', ['-q', '-B', '-f', pom, copyJars, ...properties], {
      timeout: fetchWithinMs,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (!existsSync(join(next, `kafka_2.13-${version}.jar`))) throw new Error('its own jar is not among them');
    renameSync(next, jars);
  } catch (error) {
    if (!existsSync(jars))
      throw new Error(`Kafka ${version} could not be fetched: ${reasonOf(error)}`, { cause: error });
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
  return jars;
}

function reasonOf(error) {
  const lines = String(error.stdout ?? '').split('\n');
  return lines.find((line) => line.includes('ERROR'))?.slice(0, 300) ?? error.message;
}

/** Of a server's log, the lines that say why it ended. */
export function firstErrors(file) {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return lines
    .filter((line) => /error|exception|fatal/i.test(line))
    .slice(0, 3)
    .join('\n');
}
