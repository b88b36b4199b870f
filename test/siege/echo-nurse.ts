import { echoItem } from '../harness/facebook-items.js';
import { present } from '../harness/only.js';
import type { GraphSend } from '../harness/simulator.client.js';
import type { GraphCall } from './evidence.js';
import type { Poster } from './poster.js';
import type { Stronghold } from './stronghold.js';

/** The simulator gives an echo up after three repeats at once, as Facebook does; the siege has patience, so they come after all. */
export class EchoNurse {
  delivered = 0;
  private readonly seen = new Set<string>();

  constructor(
    private readonly stronghold: Stronghold,
    private readonly poster: Poster,
  ) {}

  /** Answers the calls that Facebook has accepted by now. */
  async look(): Promise<GraphCall[]> {
    const { sends, webhooks } = await this.stronghold.facebook.state();
    const accepted = new Map(
      sends.filter(({ outcome }) => outcome === 'accepted').map((send) => [present(send.mid, 'mid'), send]),
    );
    for (const { field, mid, outcome } of webhooks) {
      const send = mid === null || field !== 'message_echoes' || outcome !== 'lost' ? undefined : accepted.get(mid);
      if (send !== undefined) await this.repeat(send);
    }
    return [...accepted.values()].map(callOf);
  }

  private async repeat(send: GraphSend): Promise<void> {
    const mid = present(send.mid, 'mid');
    if (this.seen.has(mid)) return;
    this.seen.add(mid);
    const { appId } = this.stronghold.settings;
    const pageId = present(send.page_id, 'page');
    const { name: text, psid } = callOf(send);
    const metadata = present(send.metadata, 'metadata');
    if (await this.poster.deliver(pageId, [echoItem({ pageId, psid, text, mid, metadata, appId })]))
      this.delivered += 1;
  }
}

/** Our mark is `p1:<message id>:<attempt>`. */
function callOf({ metadata, text, recipient_id: psid, mid }: GraphSend): GraphCall {
  return {
    messageId: present(metadata?.split(':')[1], 'mark'),
    name: present(text, 'text'),
    psid: present(psid, 'recipient'),
    mid: present(mid, 'mid'),
  };
}
