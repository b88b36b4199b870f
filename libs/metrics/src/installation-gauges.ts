import type { Registry } from 'prom-client';
import type { Installation } from './read-installation.js';

interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

interface InstallationGauge {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly samples: (installation: Installation) => readonly Sample[];
}

/** Of the whole installation, the same from every process: take `max`, not `sum`. */
const gauges: readonly InstallationGauge[] = [
  {
    name: 'parley_log_lag_records',
    help: 'Records that a group has not passed yet.',
    labels: ['group', 'topic'],
    samples: ({ groups }) => groups.map(({ group, topic, records }) => ({ labels: { group, topic }, value: records })),
  },
  {
    name: 'parley_log_lag_seconds',
    help: 'Age of the oldest record that a group has not passed yet.',
    labels: ['group', 'topic'],
    samples: ({ groups }) => groups.map(({ group, topic, seconds }) => ({ labels: { group, topic }, value: seconds })),
  },
  {
    name: 'parley_dead_letters',
    help: 'Dead letters that nobody has replayed or dismissed.',
    labels: ['topic'],
    samples: ({ deadLetters }) => deadLetters.map(({ topic, count }) => ({ labels: { topic }, value: count })),
  },
  {
    name: 'parley_open_sends',
    help: 'Messages accepted from a person and not yet taken, failed or unknown.',
    labels: [],
    samples: ({ sends }) => [{ value: sends.open }],
  },
  {
    name: 'parley_open_send_attempts',
    help: 'Calls to a source of which the outcome is not known yet.',
    labels: [],
    samples: ({ sends }) => [{ value: sends.attempts }],
  },
  {
    name: 'parley_oldest_unsent_message_seconds',
    help: 'Age of the oldest open send; 0 when there is none.',
    labels: [],
    samples: ({ sends }) => [{ value: sends.oldest_seconds }],
  },
  {
    name: 'parley_waiting_effects',
    help: 'Receipts, edits, reactions and results whose message is not here yet.',
    labels: [],
    samples: ({ waiting }) => [{ value: waiting }],
  },
  {
    name: 'parley_channels',
    help: 'Channels by health.',
    labels: ['state'],
    samples: ({ health }) => health.map(({ state, count }) => ({ labels: { state }, value: count })),
  },
  {
    name: 'parley_channel_health',
    help: '1 for the state that a channel is in.',
    labels: ['channel_id', 'state'],
    samples: ({ channels }) =>
      channels.map(({ channel_id, health_state: state }) => ({ labels: { channel_id, state }, value: 1 })),
  },
  {
    name: 'parley_channel_last_event_age_seconds',
    help: 'Since something last came from the source.',
    labels: ['channel_id'],
    samples: ({ channels }) => channels.flatMap((channel) => sampleOf(channel, channel.last_event_seconds)),
  },
  {
    name: 'parley_channel_token_expires_in_seconds',
    help: 'Until the token of a channel ends; absent when it does not.',
    labels: ['channel_id'],
    samples: ({ channels }) => channels.flatMap((channel) => sampleOf(channel, channel.token_seconds)),
  },
];

export interface InstallationGauges {
  /** null: it could not be read. What is not known is not shown: an old value would look like a good one. */
  show(installation: Installation | null): void;
}

export async function createInstallationGauges(registry: Registry): Promise<InstallationGauges> {
  const { Gauge } = (await import('prom-client')).default;
  const registers = [registry];
  const up = new Gauge({ name: 'parley_database_up', help: '1 when the database answered this scrape.', registers });
  const shown = gauges.map(({ name, help, labels, samples }) => ({
    gauge: new Gauge({ name, help, labelNames: [...labels], registers }),
    hasLabels: labels.length > 0,
    samples,
  }));
  return {
    show: (installation) => {
      up.set(Number(installation !== null));
      for (const { gauge, hasLabels, samples } of shown) {
        gauge.reset();
        // prom-client gives a gauge without labels a 0
        if (!hasLabels) gauge.remove();
        const now = installation === null ? [] : samples(installation);
        for (const { labels = {}, value } of now) gauge.set(labels, value);
      }
    },
  };
}

function sampleOf({ channel_id }: { readonly channel_id: string }, value: number | null): Sample[] {
  return value === null ? [] : [{ labels: { channel_id }, value }];
}
