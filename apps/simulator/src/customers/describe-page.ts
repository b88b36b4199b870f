import type { TokenStore } from '../graph/token.store.js';
import type { JsonObject } from '../json.js';
import type { Page } from '../world/page.store.js';

/** With its tokens: the control calls are the only place that shows them. */
export function describePage(page: Page, tokens: TokenStore): JsonObject {
  return {
    page_id: page.id,
    name: page.name,
    page_token: tokens.issue('PAGE', page.id, false).value,
    user_token: tokens.issue('USER', page.userId, false).value,
    subscribed_fields: page.subscribedFields,
    failing_since: page.failingSince,
    customers: [...page.customers.values()].map((customer) => ({
      psid: customer.psid,
      first_name: customer.firstName,
      last_name: customer.lastName,
      last_wrote_at: customer.lastWroteAt,
      blocking: customer.isBlocking,
      owner_app_id: customer.owner?.appId ?? null,
    })),
  };
}
