import { join } from 'node:path';
import type { Served } from '#libs/platform';
import type { ChosenApp } from '../home/choose-app.js';
import { connectDemoPage, type Demo } from './connect-demo-page.js';
import type { RunningSimulator } from './start-simulator.js';

export interface WhatRuns {
  readonly say: (line: string) => void;
  readonly home: string;
  readonly served: Served;
  /** Null: a real Facebook app is configured. */
  readonly simulator: RunningSimulator | null;
  /** The API key was made up by this home, not configured. */
  readonly hasOwnKey: boolean;
  readonly app: ChosenApp;
}

/** Connects the demo page, if there is a simulator, and tells a newcomer where everything is and what to try. */
export async function sayWhatRuns({ say, home, served, simulator, hasOwnKey, app }: WhatRuns): Promise<void> {
  const keyPath = join(home, 'api-key');
  say(`\nParley runs at ${served.url}`);
  say(`  data   ${home}`);
  say(`  key    ${hasOwnKey ? keyPath : 'as configured in PARLEY_API_KEY'}`);
  if (served.metrics !== null) {
    const why = served.metrics.hasMoved ? ' (METRICS_PORT is taken here; set it to have it where you want)' : '';
    say(`  watch  ${served.metrics.url}${why}`);
  }
  if (simulator === null) {
    if (app.hasMadeUpToken) say(`  verify token for the webhook of your Facebook app: ${join(home, 'webhook-secret')}`);
    return;
  }
  const demo = await connectDemoPage(served.platform, simulator.url, served.url);
  say(
    `  page   ${demo.channel.metadata.name}, of a simulated Facebook at ${simulator.url} (no FACEBOOK_APP_ID is set)`,
  );
  const key = hasOwnKey ? `$(cat '${keyPath}')` : '$PARLEY_API_KEY';
  for (const line of thingsToTry({ url: served.url, simulatorUrl: simulator.url, key, demo })) say(line);
}

interface TryParts {
  readonly url: string;
  readonly simulatorUrl: string;
  readonly key: string;
  readonly demo: Demo;
}

function thingsToTry({ url, simulatorUrl, key, demo }: TryParts): string[] {
  const { channel, psid } = demo;
  const authorised = `-H "Authorization: Bearer ${key}" -H 'Content-Type: application/json'`;
  const written = JSON.stringify({ page_id: channel.source_channel_id, psid, text: 'Is the blue one in stock?' });
  const answer = JSON.stringify({
    channel_id: channel.id,
    source_recipient_id: psid,
    content: { type: 'text', text: 'It is. Shall we keep one for you?' },
  });
  return [
    '\nTry, in another terminal:',
    '1. A customer writes to the page:',
    `   curl -s ${simulatorUrl}/control/customers.write -d '${written}'`,
    '2. It is in the inbox:',
    `   curl -s ${url}/conversations.list ${authorised} -d '{}'`,
    '3. Answer it; ask for the conversation again and it is sent, then delivered:',
    `   curl -s ${url}/messages.send ${authorised} -d '${answer}'`,
    `\nCtrl-C ends everything.`,
  ];
}
