export { closeTurn } from './close-turn.js';
export { connectChannel, tokenBinding, type ConnectHouse } from './connect-channel.js';
export { projectEvents } from './project-events.js';
export type { ProjectionRules } from './projection.js';
export { queueOutbound, type OutboundHouse, type OutboundRequest } from './queue-outbound.js';
export { findSourceApp, listSourceApps } from './source-apps.js';
export { takeTurn, type SenderHouse, type Turn } from './take-turn.js';
export { channelView, conversationView, messageView } from './views.js';
