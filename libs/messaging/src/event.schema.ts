import { z } from 'zod';
import { contentSchema } from './content.schema.js';
import { failureSchema, instantSchema, referralSchema } from './message.schema.js';

const common = {
  /** A function of the source, so a redelivered event has the id of the first. */
  id: z.uuid(),
  source: z.string(),
  workspace_id: z.uuid(),
  channel_id: z.uuid(),
  conversation_id: z.uuid().nullable(),
  source_contact_id: z.string().nullable(),
  /** By the source's clock. */
  occurred_at: instantSchema,
  received_at: instantSchema,
  /** The source's item as JSON text; null for the sender's results. */
  raw: z.string().nullable(),
};

const inConversation = { ...common, conversation_id: z.uuid(), source_contact_id: z.string() };

const body = {
  /** uuid5(channel, mid), or of what does not change on redelivery where the source gives no mid. */
  message_id: z.uuid(),
  source_message_id: z.string().optional(),
  content: contentSchema,
  reply_to: z
    .object({
      source_message_id: z.string().optional(),
      story: z.object({ id: z.string().optional(), url: z.string().optional() }).optional(),
      own: z.boolean().optional(),
    })
    .optional(),
  referral: referralSchema.optional(),
  source_data: z.record(z.string(), z.unknown()).optional(),
};

const received = z.object({
  ...inConversation,
  type: z.literal('message.received'),
  payload: z.object({ ...body, counts_as_unread: z.boolean(), opens_window: z.boolean() }),
});

const echoed = z.object({
  ...inConversation,
  type: z.literal('message.echoed'),
  payload: z.object({
    ...body,
    sender_type: z.enum(['page', 'app']),
    /** The app that sent it, as the source names it. */
    app_id: z.string().optional(),
    /** From our own tag in the source's metadata: which message and attempt it says it is. */
    claims: z.object({ message_id: z.uuid(), attempt: z.int().positive() }).optional(),
  }),
});

const delivered = z.object({
  ...inConversation,
  type: z.literal('message.delivered'),
  payload: z.object({ watermark: instantSchema.optional(), source_message_ids: z.array(z.string()) }),
});

const read = z.object({
  ...inConversation,
  type: z.literal('message.read'),
  payload: z.object({ watermark: instantSchema.optional(), source_message_ids: z.array(z.string()) }),
});

const edited = z.object({
  ...inConversation,
  type: z.literal('message.edited'),
  payload: z.object({ source_message_id: z.string(), text: z.string(), edit_number: z.int() }),
});

const deleted = z.object({
  ...inConversation,
  type: z.literal('message.deleted'),
  payload: z.object({ source_message_id: z.string() }),
});

const reacted = z.object({
  ...inConversation,
  type: z.literal('message.reacted'),
  payload: z.object({
    source_message_id: z.string(),
    /** null: the reaction was taken back. */
    reaction: z.object({ emoji: z.string().nullable(), name: z.string().optional() }).nullable(),
    from_contact: z.boolean(),
    opens_window: z.boolean().optional(),
  }),
});

const attempt = { message_id: z.uuid(), attempt: z.int().positive() };

const accepted = z.object({
  ...inConversation,
  type: z.literal('send.accepted'),
  payload: z.object({ ...attempt, source_message_id: z.string(), source_sent_at: instantSchema }),
});

const failed = z.object({
  ...inConversation,
  type: z.literal('send.failed'),
  payload: z.object({ ...attempt, failure: failureSchema }),
});

const unknownOutcome = z.object({
  ...inConversation,
  type: z.literal('send.unknown'),
  payload: z.object({ ...attempt, failure: failureSchema }),
});

/** Of the conversation, of the channel, or of nobody we know: kept, not yet applied to anything. */
const kept = z.object({
  ...common,
  type: z.enum(['thread.changed', 'channel.policy', 'page.changed', 'unknown']),
  payload: z.record(z.string(), z.unknown()),
});

/** The canonical record of `channel.events`. Readers ignore fields they do not know: records only grow within a major version. */
export const eventSchema = z.discriminatedUnion('type', [
  received,
  echoed,
  delivered,
  read,
  edited,
  deleted,
  reacted,
  accepted,
  failed,
  unknownOutcome,
  kept,
]);
export type Event = z.infer<typeof eventSchema>;
const eventTypes: ReadonlySet<unknown> = new Set(
  eventSchema.options.flatMap(({ shape: { type } }) => ('options' in type ? type.options : [type.value])),
);

/** An event as a reader takes it: a kind that a later release of this major version tells is kept, as what we do not know. */
export function readEvent(value: unknown): z.ZodSafeParseResult<Event> {
  const event = eventSchema.safeParse(value);
  if (event.success || typeof value !== 'object' || value === null || !('type' in value)) return event;
  const isOfLater = typeof value.type === 'string' && !eventTypes.has(value.type);
  return isOfLater ? eventSchema.safeParse({ ...value, type: 'unknown' }) : event;
}

export type EventOf<Type extends Event['type']> = Extract<Event, { type: Type }>;

/** A record of `channel.unrouted`: signed by the source, but for no channel that we may write to. Times are ISO-8601. */
export interface Unrouted {
  readonly source: string;
  readonly source_channel_id: string | null;
  readonly source_app_id: string | null;
  readonly reason: string;
  readonly received_at: string;
  readonly raw: string;
  /** Where in the body the item lay and when the body was sent: with these it can be read again. */
  readonly lane?: string;
  readonly sent_at?: string;
  /** The event it had become before its channel was gone. */
  readonly event_id?: string;
}

/** A record of `channel.commands`. A wake-up only: what is due stands in the database. */
export const sendCommandSchema = z.object({
  workspace_id: z.uuid(),
  channel_id: z.uuid(),
  conversation_id: z.uuid(),
  message_id: z.uuid(),
});
export type SendCommand = z.infer<typeof sendCommandSchema>;

/** Which request a record comes of, and where that stands in a trace: a W3C `traceparent`. */
export interface Origin {
  readonly requestId?: string | undefined;
  readonly traceparent?: string | undefined;
}

/** Of every record: additive within a major version, and readers stop at a higher one. */
export function recordHeaders(type: string, origin: Origin = {}): Record<string, string> {
  return { 'event-type': type, 'schema-version': '1.0', ...originHeaders(origin) };
}

function originHeaders({ requestId, traceparent }: Origin): Record<string, string> {
  const request = requestId === undefined ? {} : { 'request-id': requestId };
  return traceparent === undefined ? request : { ...request, traceparent };
}

export function originOf(headers: Readonly<Record<string, string>>): Origin {
  return { requestId: headers['request-id'], traceparent: headers['traceparent'] };
}

/** Topics of the log, without the configured prefix. */
export const topics = {
  events: 'channel.events',
  commands: 'channel.commands',
  updates: 'conversation.updates',
  unrouted: 'channel.unrouted',
} as const;
