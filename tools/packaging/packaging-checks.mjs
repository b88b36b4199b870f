import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runChild } from '../setup/child.mjs';
import { inRoot } from '../setup/root.mjs';
import { judgeCustomKinds } from './judge-custom-kinds.mjs';
import { judgeManifests } from './judge-manifests.mjs';
import { ensureTools, findTool, whyNot } from './packaging-tools.mjs';

const chart = 'deploy/helm/parley';
/** The newest whose schemas the validator and whose version the chart's users are likely to have. */
const kubernetes = '1.33';
const composeVariables = {
  POSTGRES_PASSWORD: 'example',
  PARLEY_ENCRYPTION_KEY: 'example',
  PARLEY_API_KEY: 'example',
  PARLEY_PUBLIC_URL: 'https://chat.example.org',
  FACEBOOK_APP_ID: '123',
  FACEBOOK_APP_SECRET: 'example',
  FACEBOOK_WEBHOOK_SECRET: 'example',
};
const plain = ['--set', 'config.PARLEY_PUBLIC_URL=https://chat.example.org'];
const withSecret = [...plain, '--set', 'secrets.existingSecret=parley'];
/** Values that must be refused, and what is said then. */
const refusals = [
  [[], 'Parley needs secrets'],
  [['--set', 'secrets.existingSecret=parley'], 'config.PARLEY_PUBLIC_URL'],
  [[...plain, '--set', 'secrets.values.DATABASE_URL=postgres://x'], 'has no PARLEY_ENCRYPTION_KEY'],
  [[...withSecret, '--set', 'secrets.values.DATABASE_URL=postgres://x'], 'not both'],
  [[...withSecret, '--set', 'config.DATABASE_URL=postgres://x'], 'DATABASE_URL'],
  [[...withSecret, '--set', 'ingester.replicas=two'], 'replicas'],
  [[...withSecret, '--set', 'ingesters.replicas=2'], 'ingesters'],
  [[...withSecret, '--set', 'keda.enabled=true'], 'keda.prometheusAddress'],
  [[...withSecret, '--set', 'ingress.enabled=true'], 'ingress.host'],
];

/** Each ends in passed, failed or not run with a reason, as the checks of tools/setup/verify.mjs do. */
export const packagingChecks = [
  ['helm chart', () => withTools(['helm', 'kubernetes-validate', 'definitions'], checkChart)],
  ['compose file', () => withTools(['check'], checkCompose)],
  ['alert rules', () => withTools(['check'], checkRules)],
];

export async function runPackaging() {
  await ensureTools({ onlyQuick: false });
  for (const [name, check] of packagingChecks) {
    const { state, output } = await check();
    console.log(`${name}: ${state}\n${output}`.trim());
    if (state !== 'passed') process.exitCode = 1;
  }
}

async function withTools(names, check) {
  const missing = names.filter((name) => findTool(name) === undefined);
  if (missing.length > 0) return { state: 'not run', output: missing.map(whyNot).join('; ') };
  const problems = await check(...names.map(findTool));
  return { state: problems.length === 0 ? 'passed' : 'failed', output: problems.join('\n') };
}

async function checkChart(helm, validate, folder) {
  const problems = [];
  const files = readdirSync(folder).map((name) => join(folder, name));
  const definitions = (await Promise.all(files.map((file) => readYaml(validate, file)))).flat();
  for (const file of readdirSync(inRoot(chart, 'ci'))) {
    const values = `${chart}/ci/${file}`;
    const lint = await runChild(helm, ['lint', '--strict', '--quiet', chart, '--values', values]);
    if (lint.code === 0) problems.push(...(await checkRendered(values, { helm, validate, definitions })));
    else problems.push(`helm lint with ${values}:\n${lint.output}`);
  }
  for (const [args, words] of refusals) {
    const { code, output } = await template(helm, args);
    if (code === 0 || !output.includes(words))
      problems.push(`${args.join(' ')} is not refused with "${words}": ${output}`);
  }
  return problems;
}

async function checkRendered(values, { helm, validate, definitions }) {
  const rendered = await template(helm, ['--values', values]);
  if (rendered.code !== 0) return [`helm template with ${values}:\n${rendered.output}`];
  const file = inRoot('.cache/packaging/manifests.yaml');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, rendered.output);
  // kinds that others bring have no schema there
  const validated = await runChild(validate, ['--strict', '--quiet', '--no-warn', '-k', kubernetes, file]);
  if (validated.code !== 0) return [`kubernetes-validate with ${values}:\n${validated.output}`];
  const manifests = await readYaml(validate, file);
  const problems = [...judgeManifests(manifests), ...judgeCustomKinds(manifests, definitions)];
  return problems.map((problem) => `${values}: ${problem}`);
}

function template(helm, args) {
  return runChild(helm, [
    'template',
    'demo',
    chart,
    '--namespace',
    'chat',
    '--kube-version',
    `${kubernetes}.0`,
    ...args,
  ]);
}

/** By the YAML reader that the validator brings along. */
async function readYaml(validate, file) {
  const script = 'import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(open(sys.argv[1])))))';
  const { output } = await runChild(`${dirname(validate)}/python`, ['-c', script, file]);
  return JSON.parse(output).filter((manifest) => manifest !== null);
}

async function checkCompose(check) {
  const problems = [];
  for (const missing of Object.keys(composeVariables)) {
    const { code, output } = await readCompose(check, { ...composeVariables, [missing]: '' });
    if (code === 0 || !output.includes(missing)) problems.push(`Without ${missing}: ${output}`);
  }
  const { code, output } = await readCompose(check, composeVariables);
  return code === 0 ? [...problems, ...judgeCompose(JSON.parse(output))] : [...problems, output];
}

function readCompose(check, variables) {
  const { PATH, HOME } = process.env;
  return runChild(check, ['compose', inRoot('docker-compose.yml')], { env: { PATH, HOME, ...variables } });
}

/** Which of our variables are there is in docs/config.md; Node has its own. */
function judgeCompose({ services }) {
  const known = `${readFileSync(inRoot('docs/config.md'), 'utf8')} \`NODE_OPTIONS\``;
  return Object.entries(services).flatMap(([name, service]) => {
    const ours = service.image.startsWith('parley-');
    const unknown = ours ? Object.keys(service.environment).filter((each) => !known.includes(`\`${each}\``)) : [];
    const open = ours && (service.read_only !== true || service.cap_drop?.[0] !== 'ALL');
    return [
      ...(service.healthcheck === undefined && name !== 'migrate' ? [`${name} has no health check`] : []),
      ...(open ? [`${name} may do more than it needs`] : []),
      ...unknown.map((each) => `${name} is given ${each}, which nobody reads`),
    ];
  });
}

async function checkRules(check) {
  const { code, output } = await runChild(check, ['rules', inRoot('deploy/prometheus/alerts.yml')]);
  return code === 0 ? [] : [output];
}
