import type { ChannelEntity, HealthState } from '../entities/channel.entity.js';

/** A channel with its activity, which has a table of its own: it changes often and is no change of the channel. */
export type ChannelRow = ChannelEntity & { readonly last_event_at: Date | null };

export interface ChannelHealth {
  readonly state: HealthState;
  readonly reason: string | null;
}

export function selectChannels(condition: string): string {
  return `select c.*, a.last_event_at from channels c left join channel_activity a on a.channel_id = c.id ${condition}`;
}

/** The change must call its table k. */
export function changedChannels(change: string): string {
  return `with changed as (${change} returning k.*)
    select c.*, a.last_event_at from changed c left join channel_activity a on a.channel_id = c.id`;
}
