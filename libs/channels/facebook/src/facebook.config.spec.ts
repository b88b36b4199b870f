import { facebook } from './facebook.js';
import { readFacebookConfig } from './facebook.config.js';

const app = { FACEBOOK_APP_ID: '290000000000001', FACEBOOK_APP_SECRET: 'now,before', FACEBOOK_WEBHOOK_SECRET: 'v' };

describe('the configuration', () => {
  it('needs nothing', () => {
    expect(readFacebookConfig({ FACEBOOK_APP_ID: '', PATH: '/bin', FACEBOOK_APP_SECRET: undefined })).toEqual({
      ok: true,
      config: { ownApp: null, graph: { url: 'https://graph.facebook.com', version: 'v25.0' }, verifyToken: '' },
    });
  });

  it('reads everything', () => {
    const graph = { FACEBOOK_GRAPH_URL: 'http://127.0.0.1:8090/', FACEBOOK_GRAPH_VERSION: 'v24.0' };
    expect(readFacebookConfig({ ...app, ...graph })).toEqual({
      ok: true,
      config: {
        ownApp: { appId: '290000000000001', secrets: ['now', 'before'], verifyToken: 'v', workspaceId: null },
        graph: { url: 'http://127.0.0.1:8090', version: 'v24.0' },
        verifyToken: 'v',
      },
    });
  });

  it('lists everything that is wrong, and no value', () => {
    const wrong = {
      FACEBOOK_APP_ID: 'my app',
      FACEBOOK_GRAPH_URL: 'ftp://user:geheim@x',
      FACEBOOK_GRAPH_VERSION: '25',
    };
    expect(facebook.configure(wrong)).toEqual({
      ok: false,
      problems: [
        'FACEBOOK_APP_ID: must be digits',
        'FACEBOOK_GRAPH_URL: must be an http or https URL without credentials or query',
        'FACEBOOK_GRAPH_VERSION: must look like v25.0',
        'FACEBOOK_APP_SECRET: needed beside FACEBOOK_APP_ID',
      ],
    });
  });

  it.each([
    [{ FACEBOOK_APP_SECRET: 's' }, 'FACEBOOK_APP_ID: needed beside FACEBOOK_APP_SECRET'],
    [{ ...app, FACEBOOK_APP_SECRET: 'a,' }, 'FACEBOOK_APP_SECRET: must be visible ASCII without spaces'],
    [
      { ...app, FACEBOOK_APP_SECRET: 'a,b,c' },
      'FACEBOOK_APP_SECRET: takes the current secret and, behind a comma, the previous one',
    ],
  ])('refuses %j', (environment, problem) => {
    expect(readFacebookConfig(environment)).toEqual({ ok: false, problems: [problem] });
  });
});
