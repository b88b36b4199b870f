import type { Channel } from '#libs/messaging';
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

export type ChannelState = 'connecting' | 'connected' | 'disconnecting' | 'disconnected';
export type HealthState = Channel['health']['state'];
export type ReportedGap = NonNullable<Channel['health']['last_gap']>;
export type Verification = NonNullable<Channel['health']['last_verification']>;

@Entity({ name: 'channels' })
@Index('channels_page_of_workspace', ['workspace_id', 'source', 'source_channel_id'], { unique: true })
@Index('channels_page_owner', ['source', 'source_channel_id'], { unique: true, where: "state <> 'disconnected'" })
@Index('channels_upkeep', ['upkeep_due'], { where: "state <> 'disconnected'" })
@Check('channels_state', "state in ('connecting', 'connected', 'disconnecting', 'disconnected')")
export class ChannelEntity {
  @PrimaryColumn({ name: 'id', type: 'uuid', primaryKeyConstraintName: 'channels_pk' })
  id!: string;

  @Column({ name: 'workspace_id', type: 'uuid' })
  workspace_id!: string;

  @Column({ name: 'source', type: 'text' })
  source!: string;

  @Column({ name: 'source_channel_id', type: 'text' })
  source_channel_id!: string;

  @Column({ name: 'source_app_id', type: 'text' })
  source_app_id!: string;

  @Column({ name: 'state', type: 'text' })
  state!: ChannelState;

  @Column({ name: 'version', type: 'integer', default: 1 })
  version!: number;

  @Column({ name: 'name', type: 'text' })
  name!: string;

  @Column({ name: 'image_url', type: 'text', nullable: true })
  image_url!: string | null;

  @Column({ name: 'user_data', type: 'jsonb', default: () => "'{}'" })
  user_data!: Record<string, unknown>;

  @Column({ name: 'token_sealed', type: 'text', nullable: true })
  token_sealed!: string | null;

  @Column({ name: 'token_expires_at', type: 'timestamptz', precision: 3, nullable: true })
  token_expires_at!: Date | null;

  @Column({ name: 'subscribed_fields', type: 'text', array: true, default: () => "'{}'" })
  subscribed_fields!: string[];

  @Column({ name: 'health_state', type: 'text' })
  health_state!: HealthState;

  @Column({ name: 'health_reason', type: 'text', nullable: true })
  health_reason!: string | null;

  @Column({ name: 'health_since', type: 'timestamptz', precision: 3, default: () => 'now()' })
  health_since!: Date;

  @Column({ name: 'last_verification', type: 'jsonb', nullable: true })
  last_verification!: Verification | null;

  /** When this channel's webhooks were refused last, because they could be kept nowhere. */
  @Column({ name: 'last_gap', type: 'jsonb', nullable: true })
  last_gap!: ReportedGap | null;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  created_at!: Date;

  @Column({ name: 'state_since', type: 'timestamptz', precision: 3, default: () => 'now()' })
  state_since!: Date;

  /** Rises when the channel is disconnected or opened again: what began before can't end after it. */
  @Column({ name: 'epoch', type: 'integer', default: 0 })
  epoch!: number;

  /** When upkeep looks at it next; not when it is disconnected. */
  @Column({ name: 'upkeep_due', type: 'timestamptz', precision: 3, default: () => 'now()' })
  upkeep_due!: Date;

  /** Unrouted records since then are still to be read again; null: none. */
  @Column({ name: 'replay_since', type: 'timestamptz', precision: 3, nullable: true })
  replay_since!: Date | null;

  /** Until then nobody asks the source for contacts of this channel. */
  @Column({ name: 'contacts_paused_until', type: 'timestamptz', precision: 3, nullable: true })
  contacts_paused_until!: Date | null;
}
