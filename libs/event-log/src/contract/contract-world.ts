import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Queryable } from '#libs/database';
import type { LogRecord, NewRecord, Positions } from '../event-log.js';
import { partitionOf } from '../partition-of.js';
import type { ContractAdapter, ContractMember } from './contract-adapter.js';

export const workspaceId = '0b6f1f5e-5d5f-4c7e-9a55-3c7d3b9d1e01';
const waitMs = 15_000;
const pauseMs = 15;

export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

/** Members, topics and effects of one contract suite. */
export class ContractWorld {
  readonly #adapter: ContractAdapter;
  readonly #members = new Set<ContractMember>();
  readonly #gates = new Set<Gate>();

  private constructor(adapter: ContractAdapter) {
    this.#adapter = adapter;
  }

  static async create(makeAdapter: () => Promise<ContractAdapter>): Promise<ContractWorld> {
    const adapter = await makeAdapter();
    await adapter.database.query(
      `create table contract_effects (
         id bigserial primary key, topic text not null, partition integer not null, "offset" bigint not null,
         value text not null constraint storable check (value not like '%refused%')
       )`,
    );
    return new ContractWorld(adapter);
  }

  get adapter(): ContractAdapter {
    return this.#adapter;
  }

  open(): Promise<ContractMember> {
    return this.openWith(() => this.#adapter.open());
  }

  /** A member that is not as the others. */
  async openWith(open: () => Promise<ContractMember>): Promise<ContractMember> {
    const member = await open();
    this.#members.add(member);
    return member;
  }

  /** Ends one process in good order. */
  async leave(member: ContractMember): Promise<void> {
    this.#members.delete(member);
    await member.close();
  }

  /** Something to wait at; opened at the end of the test at the latest. */
  gate(): Gate {
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const gate = { opened, open };
    this.#gates.add(gate);
    return gate;
  }

  async closeMembers(): Promise<void> {
    for (const gate of this.#gates) gate.open();
    this.#gates.clear();
    const members = [...this.#members];
    this.#members.clear();
    await Promise.all(members.map((member) => member.close()));
  }

  async close(): Promise<void> {
    await this.closeMembers();
    await this.#adapter.close();
  }

  topic(): string {
    return `contract.${randomUUID()}`;
  }

  record(topic: string, key: string, value: unknown = 1): NewRecord {
    return { topic, key, workspaceId, headers: { 'schema-version': '1.0' }, value: JSON.stringify(value) };
  }

  /** A key of the wanted partition. */
  keyOf(partition: number): string {
    for (let index = 0; ; index += 1) {
      if (partitionOf(`key-${index}`, this.#adapter.partitions) === partition) return `key-${index}`;
    }
  }

  /** One record on each partition, `rounds` times, in order. */
  spread(topic: string, rounds: number): NewRecord[] {
    return Array.from({ length: rounds * this.#adapter.partitions }, (_, index) =>
      this.record(topic, this.keyOf(index % this.#adapter.partitions), index),
    );
  }

  /** The whole topic, partition by partition, as the log gives it. */
  async readAll(member: ContractMember, topic: string): Promise<readonly LogRecord[]> {
    const { first, end } = await member.log.range(topic);
    const pages = await Promise.all(
      Object.keys(end).map((partition) =>
        member.log.read({
          topic,
          workspaceId,
          partition: Number(partition),
          from: first[Number(partition)] ?? 0,
          to: end[Number(partition)] ?? 0,
          limit: 100_000,
        }),
      ),
    );
    return pages.flat();
  }

  async effects(topic: string): Promise<readonly { partition: number; offset: number; value: string }[]> {
    return this.#adapter.database.query(
      'select partition, "offset", value from contract_effects where topic = $1 order by id',
      [topic],
    );
  }

  /** Waits for as many effects and gives their offsets, per partition in the order in which they came about. */
  async offsetsOfEffects(topic: string, count: number): Promise<Readonly<Record<number, readonly number[]>>> {
    await until(`${count} effects on ${topic}`, async () => (await this.effects(topic)).length >= count);
    return offsetsOf(await this.effects(topic));
  }
}

/** The handler's write: one row for each record, doubled if it is handled twice. */
export async function writeEffects(transaction: Queryable, records: readonly LogRecord[]): Promise<void> {
  await transaction.query(
    `insert into contract_effects (topic, partition, "offset", value)
     select t, p, o, v from unnest($1::text[], $2::integer[], $3::bigint[], $4::text[]) with ordinality r(t, p, o, v, at) order by at`,
    [
      records.map(({ topic }) => topic),
      records.map(({ partition }) => partition),
      records.map(({ offset }) => offset),
      records.map(({ value }) => value.slice(0, 100)),
    ],
  );
}

export function offsetsOf(
  records: readonly { readonly partition: number; readonly offset: number }[],
): Readonly<Record<number, readonly number[]>> {
  const lanes: Record<number, number[]> = {};
  for (const { partition, offset } of records) (lanes[partition] ??= []).push(offset);
  return lanes;
}

/** From 0 to the end of the log, nothing missing, nothing twice. */
export function everyOffset(end: Positions): Readonly<Record<number, readonly number[]>> {
  const lanes = Object.entries(end).filter(([, next]) => next > 0);
  return Object.fromEntries(lanes.map(([partition, next]) => [partition, Array.from({ length: next }, (_, at) => at)]));
}

/** A handler that fails while a condition holds, after it has written. */
export function writeThenFail(
  shouldFail: (records: readonly LogRecord[]) => boolean,
  error: Error,
): (transaction: Queryable, records: readonly LogRecord[]) => Promise<void> {
  return async (transaction, records) => {
    await writeEffects(transaction, records);
    if (shouldFail(records)) throw error;
  };
}

/** Calls back the first time, does nothing afterwards. */
export function once<Given extends unknown[]>(
  work: (...given: Given) => Promise<void>,
): (...given: Given) => Promise<void> {
  let isDone = false;
  return async (...given) => {
    if (isDone) return;
    isDone = true;
    await work(...given);
  };
}

export async function until(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + waitMs;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`Waited ${waitMs} ms in vain for ${what}.`);
    await delay(pauseMs);
  }
}
