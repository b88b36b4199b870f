import { z } from 'zod';
import { INBOX_APP_ID, OTHER_APP_ID } from '../simulator.options.js';
import { act, withoutUndefined, type Made, type ReadAct, type Scene } from './act.js';
import { id } from './customers.schema.js';

const text = z.string().optional();
const json = z.record(z.string(), z.unknown());

/** What opens the window: https://developers.facebook.com/docs/messenger-platform/policy/policy-overview */
const WINDOW_OPENERS = ['message', 'postback', 'reaction', 'referral', 'optin'];

const referralSchema = z.strictObject({
  ref: text,
  source: z.string().default('SHORTLINK'),
  type: z.string().default('OPEN_THREAD'),
  ad_id: text,
  ads_context_data: json.optional(),
});
const replySchema = z.strictObject({
  text,
  attachments: z.array(json).optional(),
  message: json.optional(),
  mid: z.string().min(1).optional(),
});
const passSchema = z.strictObject({ app_id: id.optional(), from_app_id: id.nullable().default(null), metadata: text });
const takeSchema = z.strictObject({ app_id: id.default(INBOX_APP_ID), metadata: text });
const requestSchema = z.strictObject({ app_id: id.default(OTHER_APP_ID), metadata: text });
const policySchema = z.strictObject({ action: z.enum(['warning', 'block', 'unblock']), reason: text });

/** What comes to a thread from elsewhere. */
export const OTHER_ACTS: Readonly<Record<string, ReadAct>> = {
  referral: act(referralSchema, (order) => ({
    field: 'messaging_referrals',
    event: { referral: withoutUndefined(order) },
    opensWindow: true,
  })),
  // The checkbox plugin knows its person by user_ref only.
  optin: act(json, (optin) => ({
    field: 'messaging_optins',
    event: { optin },
    opensWindow: true,
    ...(optin['user_ref'] === undefined ? {} : { by: 'nobody' as const }),
  })),
  link_account: act(z.strictObject({ authorization_code: z.string() }), (order) => ({
    field: 'messaging_account_linking',
    event: { account_linking: { status: 'linked', ...order } },
  })),
  unlink_account: act(z.strictObject({}), () => ({
    field: 'messaging_account_linking',
    event: { account_linking: { status: 'unlinked' } },
  })),
  event: act(z.strictObject({ field: z.string(), event: json }), ({ field, event }) => ({
    field,
    event,
    opensWindow: WINDOW_OPENERS.some((kind) => kind in event),
  })),
  inbox_reply: act(replySchema, (order, scene) => foreignEcho(order, INBOX_APP_ID, scene)),
  app_reply: act(replySchema.extend({ app_id: id.default(OTHER_APP_ID) }), ({ app_id: appId, ...order }, scene) =>
    foreignEcho(order, appId, scene),
  ),
  pass_thread: act(passSchema, ({ app_id: given, from_app_id: from, metadata }, scene) => {
    const owner = given ?? scene.appId;
    const parties = { previous_owner_app_id: from, new_owner_app_id: owner };
    return handover({ pass_thread_control: { ...parties, ...withoutUndefined({ metadata }) } }, owner);
  }),
  take_thread: act(takeSchema, ({ app_id: owner, metadata }, scene) => {
    const parties = { previous_owner_app_id: scene.appId, new_owner_app_id: owner };
    return handover({ take_thread_control: { ...parties, ...withoutUndefined({ metadata }) } }, owner);
  }),
  // A number here, text in the others: Facebook's own pages.
  request_thread: act(requestSchema, ({ app_id: appId, metadata }) =>
    handover({
      request_thread_control: { requested_owner_app_id: Number(appId), ...withoutUndefined({ metadata }) },
    }),
  ),
  enforce_policy: act(policySchema, (order) => ({
    field: 'messaging_policy_enforcement',
    event: { policy_enforcement: withoutUndefined(order) },
    by: 'nobody',
  })),
};

/** https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/message-echoes */
function foreignEcho(order: z.output<typeof replySchema>, appId: string, scene: Scene): Made {
  const mid = order.mid ?? scene.newMid();
  const { text: said, attachments } = order;
  const content = { ...withoutUndefined({ text: said, attachments }), ...order.message };
  const message = { mid, is_echo: true, app_id: Number(appId), ...content };
  return { field: 'message_echoes', mid, event: { message }, by: 'page', message };
}

/** https://developers.facebook.com/docs/messenger-platform/conversation-routing */
function handover(event: Made['event'], owner?: string): Made {
  return { field: 'messaging_handovers', event, ...(owner === undefined ? {} : { owner }) };
}
