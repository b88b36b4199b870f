import type { ChannelConnecting, ChannelDefinition, ChannelSending, ChannelWebhook } from '#libs/channels/kit';
import { connectCall, disconnectCall, exploreCall } from './connect/calls.js';
import { inspectPage } from './connect/inspect-page.js';
import { readSubscription, subscribePage, unsubscribePage } from './connect/subscribe-page.js';
import { readFacebookConfig } from './facebook.config.js';
import { GraphClient } from './graph/graph.client.js';
import { fetchContact } from './profile/fetch-contact.js';
import { contentOf, sourceDataOf } from './send/content-of.js';
import { refusalOf } from './send/refusal-of.js';
import { renderMessage } from './send/render-message.js';
import { FindSent } from './send/find-sent.js';
import { sendMessage } from './send/send-message.js';
import { sendableUntil, windowAt } from './send/window.js';
import { SOURCE } from './source.js';
import { readHandshake } from './webhook/handshake.js';
import { normalise } from './webhook/normalise.js';
import { readBody } from './webhook/read-body.js';
import { readUnrouted } from './webhook/read-unrouted.js';
import { isAuthentic } from './webhook/signature.js';

/** Messenger. */
export const facebook: ChannelDefinition = {
  source: SOURCE,
  configure(environment) {
    const read = readFacebookConfig(environment);
    if (!read.ok) return read;
    const { config } = read;
    const graph = new GraphClient(config.graph);
    return {
      ok: true,
      connector: {
        source: SOURCE,
        webhook,
        sending: sendingThrough(graph),
        connecting: connectingThrough(graph),
        contacts: { fetch: (call) => fetchContact(graph, call) },
        calls: [connectCall(config.verifyToken), exploreCall(graph), disconnectCall],
        ownApp: config.ownApp,
      },
    };
  },
};

const webhook: ChannelWebhook = {
  // Airy's.
  extraPaths: ['/facebook'],
  acknowledgement: 'EVENT_RECEIVED',
  readHandshake,
  isAuthentic,
  readBody,
  readUnrouted,
  normalise,
};

function sendingThrough(graph: GraphClient): ChannelSending {
  return {
    render: renderMessage,
    contentOf,
    sourceDataOf,
    refusal: refusalOf,
    window: windowAt,
    sendableUntil,
    send: (call) => sendMessage(graph, call),
    search: new FindSent(graph),
  };
}

function connectingThrough(graph: GraphClient): ChannelConnecting {
  return {
    inspect: (credentials) => inspectPage(graph, credentials),
    subscribe: (credentials) => subscribePage(graph, credentials),
    readSubscription: (credentials) => readSubscription(graph, credentials),
    unsubscribe: (credentials) => unsubscribePage(graph, credentials),
  };
}
