import { operatorStore, type ChannelGauge, type Database, type HealthCount, type OpenSends } from '#libs/database';
import { countDeadLetters, listGroups, type DeadLetterCount, type EventLog, type Lag } from '#libs/event-log';

export interface InstallationSource {
  readonly database: Database;
  readonly log: EventLog;
}

export interface Installation {
  readonly groups: readonly (Lag & { readonly group: string; readonly topic: string })[];
  readonly deadLetters: readonly DeadLetterCount[];
  readonly sends: OpenSends;
  readonly waiting: number;
  readonly health: readonly HealthCount[];
  readonly channels: readonly ChannelGauge[];
}

/** One statement after the other: a scrape takes one connection of the pool, however much there is to ask. */
export async function readInstallation({ database, log }: InstallationSource): Promise<Installation> {
  const groups = [];
  for (const { group, topic } of await listGroups(database)) {
    // the log may be away while the database is not
    const lag = await log.lag(group, topic).catch(() => null);
    if (lag !== null) groups.push({ group, topic, ...lag });
  }
  return {
    groups,
    deadLetters: await countDeadLetters(database),
    sends: await operatorStore.openSendsInAnyWorkspace(database),
    waiting: await operatorStore.countWaitingInAnyWorkspace(database),
    health: await operatorStore.countHealthInAnyWorkspace(database),
    channels: await operatorStore.channelsInAnyWorkspace(database),
  };
}
