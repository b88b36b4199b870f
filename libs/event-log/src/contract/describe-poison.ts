import { PoisonError } from '../poison-error.js';
import { everyOffset, until, writeEffects, writeThenFail, workspaceId, type ContractWorld } from './contract-world.js';

const writeUnlessPoison = writeThenFail(
  (records) => records.some(({ value }) => value.includes('poison')),
  new PoisonError('cannot be understood'),
);

export function describePoison(world: () => ContractWorld): void {
  it('sends a poison record to the dead letter and handles its neighbours once and in order (interleaving 17)', async () => {
    const topic = world().topic();
    const member = await world().open();
    const values = ['a', 'b', 'poison', 'c', 'd', 'e', 'f', 'g'];
    await member.log.append(values.map((value) => world().record(topic, 'x', value)));
    const partition = member.log.partitionOf('x');

    const subscription = await member.log.subscribe('group', topic, writeUnlessPoison);

    await world().offsetsOfEffects(topic, values.length - 1);
    expect((await world().effects(topic)).map(({ value }) => JSON.parse(value) as unknown)).toEqual(
      values.filter((value) => value !== 'poison'),
    );
    const dead = await world().readAll(member, `${topic}.dead-letter`);
    expect(dead).toHaveLength(1);
    expect(dead[0]).toMatchObject({
      key: 'x',
      workspaceId,
      value: '"poison"',
      headers: {
        'schema-version': '1.0',
        'dead-letter-group': 'group',
        'dead-letter-reason': 'cannot be understood',
        'dead-letter-origin': `${topic}/${partition}/2`,
      },
    });
    expect(Number(dead[0]?.headers['dead-letter-attempts'])).toBeGreaterThan(1);
    expect(subscription.health()).toEqual({ ok: true });
    expect((await member.log.lag('group', topic)).records).toBe(0);
  });

  it('takes for poison what PostgreSQL refuses to store', async () => {
    const topic = world().topic();
    const member = await world().open();
    const values = ['a', 'refused', 'b'];
    await member.log.append(values.map((value) => world().record(topic, 'x', value)));

    await member.log.subscribe('group', topic, writeEffects);

    await world().offsetsOfEffects(topic, 2);
    expect((await world().effects(topic)).map(({ value }) => value)).toEqual(['"a"', '"b"']);
    const dead = await world().readAll(member, `${topic}.dead-letter`);
    expect(dead.map(({ headers }) => headers['dead-letter-reason'])).toEqual([expect.stringContaining('storable')]);
  });

  it('repeats for ever what is not the fault of a record, and says so (interleaving 17)', async () => {
    const topic = world().topic();
    const member = await world().open();
    const outage = { isOver: false, tries: 0 };
    const isAway = (): boolean => {
      outage.tries += 1;
      return !outage.isOver;
    };
    const handler = writeThenFail(isAway, new Error('connect ECONNREFUSED'));
    const subscription = await member.log.subscribe('group', topic, handler);

    await member.log.append([world().record(topic, 'x', 1), world().record(topic, 'x', 2)]);
    await until('several tries', () => outage.tries > 4);
    const during = subscription.health();
    outage.isOver = true;

    await world().offsetsOfEffects(topic, 2);
    expect(during).toEqual({ ok: false, reason: expect.stringContaining('connect ECONNREFUSED') as string });
    expect(await world().readAll(member, `${topic}.dead-letter`)).toEqual([]);
    await until('the subscription to be well', () => subscription.health().ok);
    expect((await world().effects(topic)).map(({ value }) => value)).toEqual(['1', '2']);
  });

  it('holds up no other partition by the trouble of one', async () => {
    const topic = world().topic();
    const member = await world().open();
    const trouble = { partition: 2 };
    const handler = writeThenFail(
      (records) => records.some(({ partition }) => partition === trouble.partition),
      new Error('a defect'),
    );
    await member.log.subscribe('group', topic, handler);

    await member.log.append(world().spread(topic, 3));
    await world().offsetsOfEffects(topic, 3 * (world().adapter.partitions - 1));
    const during = (await world().effects(topic)).map(({ partition }) => partition);
    trouble.partition = -1;

    const offsets = await world().offsetsOfEffects(topic, 3 * world().adapter.partitions);
    expect(during).not.toContain(2);
    expect(offsets).toEqual(everyOffset((await member.log.range(topic)).end));
  });
}
