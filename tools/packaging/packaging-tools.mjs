import { existsSync, mkdirSync, mkdtempSync, copyFileSync, renameSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { runChild } from '../setup/child.mjs';
import { inRoot } from '../setup/root.mjs';

const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'parley', 'tools');
const helm = 'v3.22.0';
const compose = 'v2.16.2';
const prometheus = 'v0.316.0';
const validator = '1.37.0';
const keda = 'v2.21.0';
const prometheusOperator = 'v0.85.0';

/**
 * What checks the deployment files; kept by version for every clone of this account. `isQuick`: built in less than a minute, so
 * `npm test` does it by itself. helm takes minutes where nothing of it is cached.
 */
const tools = {
  check: {
    place: `check-compose-${compose}-rules-${prometheus}`,
    program: 'check',
    needs: ['go', 'version'],
    isQuick: true,
    build: buildCheck,
  },
  'kubernetes-validate': {
    place: `kubernetes-validate-${validator}`,
    program: 'bin/kubernetes-validate',
    needs: ['python3', '--version'],
    isQuick: true,
    build: buildValidator,
  },
  definitions: {
    place: `definitions-keda-${keda}-prometheus-operator-${prometheusOperator}`,
    program: '.',
    needs: ['go', 'version'],
    isQuick: true,
    build: fetchDefinitions,
  },
  helm: { place: `helm-${helm}`, program: 'helm', needs: ['go', 'version'], isQuick: false, build: buildHelm },
};

/** The path of its program, or undefined. */
export function findTool(name) {
  const { place, program } = tools[name];
  const path = join(folder, place, program);
  return existsSync(path) ? path : undefined;
}

export function whyNot(name) {
  const [needed] = tools[name].needs;
  return `${name} is not built here; npm run test:packaging builds it where ${needed} is`;
}

/** Nobody who only wants the tests waits longer; what was compiled by then is kept by Go for the next time. */
const quickMs = 75_000;

/** Builds what is missing and can be built; `onlyQuick` leaves the rest alone. What fails is said by the checks that miss it. */
export async function ensureTools({ onlyQuick }) {
  const until = performance.now() + quickMs;
  const run = (program, args, options) =>
    runChild(program, args, {
      ...options,
      ...(onlyQuick && { limitMs: Math.max(1, Math.round(until - performance.now())) }),
    });
  for (const [name, tool] of Object.entries(tools)) {
    if (findTool(name) !== undefined || (onlyQuick && !tool.isQuick)) continue;
    const [program, argument] = tool.needs;
    if (!(await isThere(program, argument))) continue;
    console.log(`Building ${name} for the checks of the deployment …`);
    const output = await buildInto(join(folder, tool.place), (place) => tool.build(place, run));
    if (output !== undefined)
      console.log(
        output.trim() || `${name} was not built in time; npm run test:packaging takes the time that it needs.`,
      );
  }
}

async function isThere(program, argument) {
  return runChild(program, [argument]).then(
    ({ code }) => code === 0,
    () => false,
  );
}

/** Answers what went wrong. A half-built tool has no place. */
async function buildInto(place, build) {
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  const { code, output } = await build(place);
  if (code === 0) return undefined;
  rmSync(place, { recursive: true, force: true });
  return output;
}

/** A module of the moment: its two libraries in the versions above, and our one file. */
async function buildCheck(place, run) {
  const module = mkdtempSync(join(tmpdir(), 'parley-check-'));
  copyFileSync(inRoot('tools/packaging/check.go'), join(module, 'main.go'));
  const go = (...args) => ['go', ['-C', module, ...args]];
  const libraries = [
    `github.com/compose-spec/compose-go/v2@${compose}`,
    `github.com/prometheus/prometheus@${prometheus}`,
  ];
  try {
    const built = await inTurn(
      run,
      go('mod', 'init', 'parley-check'),
      go('get', ...libraries),
      go('get', '.'),
      go('build', '-o', 'check', '.'),
    );
    if (built.code === 0) renameOrCopy(join(module, 'check'), join(place, 'check'));
    return built;
  } finally {
    rmSync(module, { recursive: true, force: true });
  }
}

function buildHelm(place, run) {
  return run('go', ['install', `helm.sh/helm/v3/cmd/helm@${helm}`], { env: { ...process.env, GOBIN: place } });
}

/** Of the kinds that KEDA and prometheus-operator bring: their modules hold them as files. */
async function fetchDefinitions(place, run) {
  const wanted = [
    [`github.com/kedacore/keda/v2@${keda}`, 'config/crd/bases/keda.sh_scaledobjects.yaml'],
    [
      `github.com/prometheus-operator/prometheus-operator@${prometheusOperator}`,
      'example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml',
    ],
  ];
  for (const [module, path] of wanted) {
    const download = await run('go', ['mod', 'download', '-json', module]);
    if (download.code !== 0) return download;
    copyFileSync(
      join(JSON.parse(download.output.slice(download.output.indexOf('{'))).Dir, path),
      join(place, basename(path)),
    );
  }
  return { code: 0, output: '' };
}

/** A virtual environment stays where it was made. */
function buildValidator(place, run) {
  return inTurn(
    run,
    ['python3', ['-m', 'venv', place]],
    [
      join(place, 'bin', 'pip'),
      ['install', '--quiet', '--disable-pip-version-check', `kubernetes-validate==${validator}`],
    ],
  );
}

async function inTurn(run, ...commands) {
  let last = { code: 0, output: '' };
  for (const [program, args] of commands) {
    last = await run(program, args);
    if (last.code !== 0) return last;
  }
  return last;
}

/** The cache may lie on another disk. */
function renameOrCopy(from, to) {
  try {
    renameSync(from, to);
  } catch (error) {
    if (error.code !== 'EXDEV') throw error;
    copyFileSync(from, to);
  }
}
