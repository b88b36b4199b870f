import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnvironment, readProcessConfig } from '../src/index.js';

describe('environment with files of secrets', () => {
  let folder = '';
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-env-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['PARLEY_API_KEY', `${'k'.repeat(40)}\n`, 'k'.repeat(40)],
    ['DATABASE_URL', 'postgres://u:p@db/parley\r\n', 'postgres://u:p@db/parley'],
    ['FACEBOOK_APP_SECRET', 'now,before', 'now,before'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'api-key=secret\n', 'api-key=secret'],
    ['KAFKA_SASL_PASSWORD', ' with spaces \n\n', ' with spaces \n'],
  ])('reads %s from a file and drops one newline at its end', (name, text, secret) => {
    expect(readEnvironment({ [`${name}_FILE`]: file(name, text) })[name]).toBe(secret);
  });

  it('leaves files alone that are none of ours', () => {
    const source = { SSL_CERT_FILE: '/does/not/exist', AWS_WEB_IDENTITY_TOKEN_FILE: '/does/not/exist', PORT: '1' };
    expect(readEnvironment(source)).toEqual(source);
    expect(readProcessConfig('standalone', readEnvironment(source))).toMatchObject({ ok: true });
  });

  it('drops empty variables', () => {
    expect(readEnvironment({ PORT: '', PARLEY_API_KEY_FILE: '', HOST: 'x' })).toEqual({ HOST: 'x' });
  });

  it('reads the environment of this process by itself', () => {
    expect(readEnvironment()['PATH']).toBe(process.env['PATH']);
  });

  it('tells all problems with files together with the others, and shows neither path nor content', () => {
    const environment = readEnvironment({
      PARLEY_API_KEY: 'k'.repeat(40),
      PARLEY_API_KEY_FILE: file('both', 'cAnArY'),
      DATABASE_URL_FILE: join(folder, 'cAnArY-absent'),
      PARLEY_ENCRYPTION_KEY_FILE: file('short', 'cAnArY'),
      FACEBOOK_APP_SECRET_FILE: file('empty', '\n'),
      PORT: 'x',
    });
    const result = readProcessConfig('channels', environment);
    expect(result).toEqual({
      ok: false,
      problems: [
        'PARLEY_API_KEY_FILE and PARLEY_API_KEY are both set: keep one of them.',
        'DATABASE_URL_FILE names a file that cannot be read (ENOENT): check its path and who may read it.',
        'FACEBOOK_APP_SECRET_FILE names an empty file: write the secret into it.',
        'PORT must be a port: a whole number from 0 to 65535.',
        expect.stringMatching(/^PARLEY_ENCRYPTION_KEY must be 32 bytes/),
      ],
    });
    expect(JSON.stringify(result)).not.toContain('cAnArY');
  });
});
