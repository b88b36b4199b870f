import { connectChannel } from '#libs/conversations';
import { conversationStore } from '#libs/database';
import type { Channel } from '#libs/messaging';
import type { Platform } from '#libs/platform';
import { SimulatorClient } from './simulator.client.js';

interface SimulatedPage {
  readonly page_id: string;
  readonly page_token: string;
  readonly customers: readonly { readonly psid: string; readonly first_name: string; readonly last_name: string }[];
}

export interface Demo {
  readonly channel: Channel;
  /** A customer of the page. */
  readonly psid: string;
}

/** Points the simulated app at us and connects its page. Each start anew: the simulator forgets, we do not. */
export async function connectDemoPage(platform: Platform, simulatorUrl: string, doorUrl: string): Promise<Demo> {
  const simulator = new SimulatorClient(simulatorUrl);
  await simulator.control('app.subscribe', { callback_url: `${doorUrl}/webhooks/facebook` });
  const state = (await simulator.control('state', {})) as { readonly pages: readonly SimulatedPage[] };
  const page = state.pages[0];
  const customer = page?.customers[0];
  if (page === undefined || customer === undefined) throw new Error('The simulator has no page with a customer.');
  const { database, log, vault, publicUrl, defaultWorkspaceId } = platform;
  const house = { database, log, vault, publicUrl, now: () => platform.now() };
  const channel = await connectChannel(house, platform.connectorOf('facebook'), defaultWorkspaceId, {
    sourceChannelId: page.page_id,
    token: page.page_token,
  });
  const known = await conversationStore.findByContact(defaultWorkspaceId, database, channel.id, customer.psid);
  if (known?.window_opened_at instanceof Date) {
    const { psid, first_name, last_name } = customer;
    const last_wrote_at = known.window_opened_at.getTime();
    await simulator.control('customers.create', { page_id: page.page_id, psid, first_name, last_name, last_wrote_at });
  }
  return { channel, psid: customer.psid };
}
