export { channelDefinitions } from './channel-definitions.js';
