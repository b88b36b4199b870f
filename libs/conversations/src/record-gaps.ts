import { webhookGapStore, type NewWebhookGap } from '#libs/database';
import type { ChannelHouse } from './channel-house.js';
import { announceChannel } from './channel-record.js';

type AnnouncingHouse = Pick<ChannelHouse, 'database' | 'log' | 'publicUrl' | 'now'>;

/** Keeps when webhooks were refused, and shows it on the channels concerned. Answers their ids. */
export function recordGaps(house: AnnouncingHouse, gaps: readonly NewWebhookGap[]): Promise<readonly string[]> {
  return house.database.transaction(async (sql) => {
    await webhookGapStore.putInAnyWorkspace(sql, gaps);
    const shown: string[] = [];
    for (const gap of inOrder(gaps)) {
      const channel = await webhookGapStore.showInAnyWorkspace(sql, gap);
      if (channel !== null) shown.push(announceChannel(house, sql, channel).id);
    }
    return shown;
  });
}

/** Everybody takes the rows in one order. */
function inOrder(gaps: readonly NewWebhookGap[]): readonly NewWebhookGap[] {
  const nameOf = ({ source, source_channel_id: page }: NewWebhookGap): string => `${source} ${page ?? ''}`;
  return gaps.toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
}
