export type { ChannelConnector, ChannelDefinition, ConfiguredChannel, Environment } from './channel-connector.js';
export {
  SourceRefusal,
  type ChannelCall,
  type ChannelConnecting,
  type ChannelHouse,
  type ConnectInput,
  type HeldSubscription,
  type InspectedChannel,
  type SourceRefusalCode,
} from './connecting.js';
export type { ChannelContacts, ContactAnswer, ContactCall } from './contacts.js';
export type {
  ChannelCredentials,
  ChannelSearch,
  ChannelSending,
  LikelySend,
  OutboundBody,
  SearchCall,
  SendCall,
  SourceExchange,
  SendOutcome,
  SendRefusal,
  SendSearch,
} from './sending.js';
export type { ChannelRef, ChannelWebhook, SourceApp, WebhookBody, WebhookItem, WebhookReject } from './webhook.js';
