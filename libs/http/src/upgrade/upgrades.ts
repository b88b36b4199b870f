import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { AppError } from '#libs/errors';
import type { Logger } from '#libs/observability';
import { answerOnSocket } from '../problem/answer-on-socket.js';
import { problemOf } from '../problem/problem-of.js';
import { answerAsOrdinary } from './answer-as-ordinary.js';
import { Upgrade } from './upgrade.js';

interface UpgradeOptions {
  readonly logger: Logger;
  readonly allowedOrigins: readonly string[];
}

/** Throws to refuse. What it has resolved for is its own: it writes the answer and ends the connection. */
type TakeUpgrade = (upgrade: Upgrade) => Promise<void>;

/** WebSockets. A refusal is a problem as everywhere else, with a line in the access log. */
export class Upgrades {
  private readonly takers = new Map<string, TakeUpgrade>();
  private readonly connections = new Set<Duplex>();
  private isClosing = false;

  constructor(
    private readonly server: Server,
    private readonly options: UpgradeOptions,
  ) {}

  serve(path: string, take: TakeUpgrade): void {
    // not before: a server without a listener answers what it can't upgrade as the ordinary request that it also is
    if (this.takers.size === 0) this.server.on('upgrade', this.answer.bind(this));
    this.takers.set(path, take);
  }

  refuseMore(): void {
    this.isClosing = true;
  }

  cutAll(): void {
    for (const connection of this.connections) connection.destroy();
  }

  private answer(request: IncomingMessage, connection: Duplex, head: Buffer): void {
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
      answerAsOrdinary(this.server, { request, connection, head });
      return;
    }
    const upgrade = new Upgrade(request, connection, head);
    this.connections.add(connection);
    // a lost connection is told by its close
    connection.on('error', () => undefined);
    const note = this.logWhenClosed(upgrade, this.takers.has(upgrade.path) ? upgrade.path : 'none');
    this.take(upgrade).catch((error: unknown) => {
      note(this.refuse(upgrade, error));
    });
  }

  private async take(upgrade: Upgrade): Promise<void> {
    const take = this.takers.get(upgrade.path);
    const { origin } = upgrade.request.headers;
    if (this.isClosing) throw new AppError('unavailable', 'This process is about to end: open it again.');
    if (take === undefined) throw new AppError('not_found', 'No WebSocket is served under this path.');
    // browsers say where the page is from and ask for no permission first; others say nothing
    if (origin !== undefined && !this.options.allowedOrigins.includes(origin))
      throw new AppError('origin_refused', 'Pages of this origin may not open a stream: it is not an allowed one.');
    await take(upgrade);
  }

  private refuse(upgrade: Upgrade, error: unknown): AppError {
    const problem = problemOf(error);
    if (problem.status >= 500)
      this.options.logger[problem.code === 'internal' ? 'error' : 'warn'](
        { err: problem.cause ?? problem, code: problem.code, request_id: upgrade.id, route: upgrade.path },
        problem.message,
      );
    const { connection } = upgrade;
    connection.once('finish', () => connection.destroy());
    if (connection.writable) answerOnSocket(connection, problem, upgrade.id, upgrade.headers);
    else connection.destroy();
    return problem;
  }

  /** Like the line of any request; the query holds tickets and is not in it. */
  private logWhenClosed({ id, connection }: Upgrade, route: string): (problem: AppError) => void {
    const startedAt = performance.now();
    let refusal: AppError | undefined;
    connection.once('close', () => {
      this.connections.delete(connection);
      const ms = Math.round((performance.now() - startedAt) * 10) / 10;
      const { status = 101, code } = refusal ?? {};
      this.options.logger.info({ method: 'GET', route, status, ms, request_id: id, code }, 'request');
    });
    return (problem) => {
      refusal = problem;
    };
  }
}
