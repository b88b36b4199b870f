import type { ContractAdapter } from './contract-adapter.js';
import { ContractWorld } from './contract-world.js';
import { describeAppends } from './describe-appends.js';
import { describeBatches } from './describe-batches.js';
import { describeFaults } from './describe-faults.js';
import { describePoison } from './describe-poison.js';
import { describeReaders } from './describe-readers.js';
import { describeSubscriptions } from './describe-subscriptions.js';

const everyPart = [
  describeAppends,
  describeReaders,
  describeSubscriptions,
  describeBatches,
  describeFaults,
  describePoison,
];

/** What holds for every adapter of the log. */
export function describeEventLog(
  name: string,
  makeAdapter: () => Promise<ContractAdapter>,
  parts: readonly ((world: () => ContractWorld) => void)[] = everyPart,
): void {
  describe(`${name} event log`, () => {
    let world: ContractWorld;

    beforeAll(async () => {
      world = await ContractWorld.create(makeAdapter);
    });
    afterEach(() => world.closeMembers());
    afterAll(() => world.close());

    for (const describePart of parts) describePart(() => world);
  });
}
