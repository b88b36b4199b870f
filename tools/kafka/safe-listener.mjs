import { randomBytes } from 'node:crypto';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where a broker wants TLS, by a certificate of its own, and a password: `access` is what a client needs. */
export async function makeSafeListener(directory, port) {
  const store = join(directory, 'broker.p12');
  const certificate = join(directory, 'broker.pem');
  const [storePassword, password] = [0, 0].map(() => randomBytes(12).toString('hex'));
  const keystore = ['-keystore', store, '-storetype', 'PKCS12', '-storepass', storePassword, '-alias', 'broker'];
  const subject = ['-dname', 'CN=localhost', '-ext', 'SAN=ip:127.0.0.1', '-keyalg', 'EC', '-validity', '30'];
  await run('keytool', ['-genkeypair', ...keystore, ...subject]);
  await run('keytool', ['-exportcert', '-rfc', ...keystore, '-file', certificate]);
  const login = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
  return {
    listener: `SAFE://127.0.0.1:${port}`,
    access: { servers: `127.0.0.1:${port}`, certificate, username: 'parley', password },
    properties: {
      'listener.name.safe.sasl.enabled.mechanisms': 'PLAIN',
      'listener.name.safe.plain.sasl.jaas.config': `${login} user_parley="${password}";`,
      'listener.name.safe.ssl.keystore.location': store,
      'listener.name.safe.ssl.keystore.type': 'PKCS12',
      'listener.name.safe.ssl.keystore.password': storePassword,
    },
  };
}
