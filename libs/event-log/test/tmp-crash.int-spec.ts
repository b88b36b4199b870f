import { connect, createServer, type Socket } from 'node:net';
import { openDataSource, openPgDatabase } from '#libs/database';
import { createTestDatabase } from '#libs/testing';
it('survives', async () => {
  const { url, drop } = await createTestDatabase();
  const to = new URL(url);
  const sockets: Socket[] = [];
  const server = createServer((s) => { const up = connect(Number(to.port), to.hostname); s.pipe(up); up.pipe(s); s.on('error', () => undefined); up.on('error', () => undefined); sockets.push(s, up); });
  await new Promise<void>((r) => server.listen(0, '127.0.0.1', r));
  to.port = String((server.address() as { port: number }).port);
  const a = openPgDatabase(await openDataSource({ url: to.href, poolSize: 2 }));
  const q = a.query('select pg_sleep(2)').catch((e: unknown) => String(e));
  await new Promise((r) => setTimeout(r, 200));
  for (const s of sockets) s.destroy();
  const said = await q;
  await new Promise((r) => setTimeout(r, 200));
  await a.close(); await drop(); server.close();
  expect(said).toEqual('');
});
