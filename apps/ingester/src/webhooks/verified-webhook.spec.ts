import { packWebhook, unpackWebhook } from './verified-webhook.js';

const webhook = {
  source: 'facebook',
  appId: '29',
  receivedAt: '2026-11-21T10:00:00.000Z',
  requestId: 'r-1',
  rawBody: Buffer.from('{"object":\n"page"}'),
};

describe('a webhook in the spool', () => {
  it.each([{}, { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' }])(
    'comes out as it went in, with what it came of: %j',
    (trace) => {
      expect(unpackWebhook(packWebhook({ ...webhook, ...trace }))).toEqual({ ...webhook, ...trace });
    },
  );
});
