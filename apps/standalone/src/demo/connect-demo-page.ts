import { connectChannel } from '#libs/conversations';
import type { Channel } from '#libs/messaging';
import type { Platform } from '#libs/platform';

interface SimulatedPage {
  readonly page_id: string;
  readonly name: string;
  readonly page_token: string;
  readonly customers: readonly { readonly psid: string }[];
}

export interface Demo {
  readonly channel: Channel;
  /** A customer of the page, who may write. */
  readonly psid: string;
}

/** Points the simulated app at us and connects its page. Each start anew: the simulator forgets, we do not. */
export async function connectDemoPage(platform: Platform, simulatorUrl: string, doorUrl: string): Promise<Demo> {
  await control(simulatorUrl, 'app.subscribe', { callback_url: `${doorUrl}/webhooks/facebook` });
  const state = (await control(simulatorUrl, 'state', {})) as { readonly pages: readonly SimulatedPage[] };
  const page = state.pages[0];
  const customer = page?.customers[0];
  if (page === undefined || customer === undefined) throw new Error('The simulator has no page with a customer.');
  const { database, log, vault, publicUrl } = platform;
  const house = { database, log, vault, publicUrl, now: () => platform.now() };
  const channel = await connectChannel(house, platform.connectorOf('facebook'), platform.defaultWorkspaceId, {
    sourceChannelId: page.page_id,
    token: page.page_token,
  });
  return { channel, psid: customer.psid };
}

async function control(simulatorUrl: string, call: string, body: object): Promise<unknown> {
  const response = await fetch(`${simulatorUrl}/control/${call}`, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok)
    throw new Error(`The simulator refused ${call} with ${String(response.status)}: ${await response.text()}`);
  return response.json();
}
