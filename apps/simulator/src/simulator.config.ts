import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { DEMO_OPTIONS, type SimulatorOptions } from './simulator.options.js';

const DEFAULT_PORT = 8090;

const environmentSchema = z.object({
  SIMULATOR_PORT: z.coerce.number().int().min(0).max(65_535).default(DEFAULT_PORT),
  HOST: z.string().min(1).default(DEMO_OPTIONS.host),
  SIMULATOR_APP_ID: z.string().regex(/^\d+$/, 'must be digits').optional(),
  SIMULATOR_APP_SECRET: z.string().min(1).optional(),
  SIMULATOR_ALLOW_REAL_APP: z.string().optional(),
  SIMULATOR_LOG_LEVEL: z.enum(['silent', 'debug', 'info', 'warn', 'error']).default('info'),
  FACEBOOK_APP_ID: z.string().regex(/^\d+$/, 'must be digits').optional(),
  FACEBOOK_APP_SECRET: z.string().min(1).optional(),
  FACEBOOK_WEBHOOK_SECRET: z.string().min(1).default(DEMO_OPTIONS.verifyToken),
});

type Environment = z.infer<typeof environmentSchema>;

const SECRETS = ['SIMULATOR_APP_SECRET', 'FACEBOOK_APP_SECRET', 'FACEBOOK_WEBHOOK_SECRET'];

/** Throws one error that lists everything that is wrong. */
export function readSimulatorConfig(env: NodeJS.ProcessEnv): SimulatorOptions {
  const parsed = environmentSchema.safeParse(withSecretFiles(withoutEmpty(env)));
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `- ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The simulator cannot start:\n${lines.join('\n')}`);
  }
  return {
    port: parsed.data.SIMULATOR_PORT,
    host: parsed.data.HOST,
    verifyToken: parsed.data.FACEBOOK_WEBHOOK_SECRET,
    logLevel: parsed.data.SIMULATOR_LOG_LEVEL,
    ...chooseApp(parsed.data),
  };
}

function chooseApp(env: Environment): Pick<SimulatorOptions, 'appId' | 'appSecret'> {
  if (env.SIMULATOR_APP_ID !== undefined || env.FACEBOOK_APP_ID === undefined) {
    return {
      appId: env.SIMULATOR_APP_ID ?? DEMO_OPTIONS.appId,
      appSecret: env.SIMULATOR_APP_SECRET ?? DEMO_OPTIONS.appSecret,
    };
  }
  if (env.SIMULATOR_ALLOW_REAL_APP !== '1') {
    throw new Error(
      'The simulator cannot start:\n- FACEBOOK_APP_ID names a real app, and customers of a fake Facebook must not ' +
        'reach it. Unset it, name the simulated app with SIMULATOR_APP_ID and SIMULATOR_APP_SECRET, ' +
        'or say SIMULATOR_ALLOW_REAL_APP=1.',
    );
  }
  const [current] = (env.FACEBOOK_APP_SECRET ?? '').split(',');
  if (current === undefined || current === '') {
    throw new Error('The simulator cannot start:\n- FACEBOOK_APP_SECRET: needed beside FACEBOOK_APP_ID');
  }
  return { appId: env.FACEBOOK_APP_ID, appSecret: current };
}

function withoutEmpty(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
}

function withSecretFiles(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const fromFiles: NodeJS.ProcessEnv = {};
  for (const name of SECRETS) {
    const file = env[`${name}_FILE`];
    if (file !== undefined) fromFiles[name] = readFileSync(file, 'utf8').trim();
  }
  return { ...fromFiles, ...env };
}
