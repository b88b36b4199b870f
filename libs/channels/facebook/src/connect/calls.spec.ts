import type { ChannelHouse, ConnectInput } from '#libs/channels/kit';
import type { Channel } from '#libs/messaging';
import { z } from 'zod';
import { present } from '../../../../../test/harness/only.js';
import { connectCall } from './calls.js';

const WORKSPACE = '019aa000-0000-7000-8000-0000000000a1';

async function inputFor(body: object, defaultVerifyToken = 'ours'): Promise<ConnectInput | undefined> {
  const call = connectCall(defaultVerifyToken);
  const inputs: ConnectInput[] = [];
  const unasked = (): Promise<never> => Promise.reject(new Error('nobody should ask this'));
  const house: ChannelHouse = {
    disconnect: unasked,
    apps: unasked,
    connected: unasked,
    connect: (workspaceId, input) => {
      expect(workspaceId).toBe(WORKSPACE);
      inputs.push(input);
      return Promise.resolve({} as Channel);
    },
  };
  await call.run(house, WORKSPACE, call.request.parse(body));
  return inputs[0];
}

describe('channels.facebook.connect', () => {
  it('takes null for absent and ignores what it does not know', async () => {
    const body = {
      page_id: '1',
      page_token: ' t ',
      name: null,
      image_url: null,
      app_id: null,
      app_secret: null,
      shiny: 1,
    };
    expect(await inputFor(body)).toEqual({ sourceChannelId: '1', token: 't' });
  });

  it('passes on everything that it knows', async () => {
    const app = { app_id: '5', app_secret: 's', verify_token: 'v' };
    const body = { page_id: '1', page_token: 't', name: 'Shop', image_url: 'https://x.example/i.png', ...app };
    expect(await inputFor(body)).toEqual({
      sourceChannelId: '1',
      token: 't',
      name: 'Shop',
      imageUrl: 'https://x.example/i.png',
      app: { appId: '5', secret: 's', verifyToken: 'v' },
    });
  });

  it('gives an app that is registered without a verify token that of the installation', async () => {
    const body = { page_id: '1', page_token: 't', app_id: '5', app_secret: 's' };
    expect(await inputFor(body)).toMatchObject({ app: { appId: '5', secret: 's', verifyToken: 'ours' } });
    expect((await inputFor(body, ''))?.app?.verifyToken).toBeUndefined();
  });

  it('leaves a registered app as it is', async () => {
    expect((await inputFor({ page_id: '1', page_token: 't', app_id: '5' }))?.app).toEqual({ appId: '5' });
  });

  it.each([
    ['page_id', { page_token: 't' }],
    ['page_id', { page_id: 'shop', page_token: 't' }],
    ['page_id', { page_id: 1, page_token: 't' }],
    ['page_token', { page_id: '1' }],
    ['page_token', { page_id: '1', page_token: ' ' }],
    ['image_url', { page_id: '1', page_token: 't', image_url: 'javascript:1' }],
    ['app_id', { page_id: '1', page_token: 't', app_secret: 's' }],
    ['app_id', { page_id: '1', page_token: 't', verify_token: 'v' }],
  ])('refuses a wrong %s', (field, body) => {
    const { error } = connectCall('').request.safeParse(body);
    expect(error?.issues.map(({ path }) => path.join('.'))).toEqual([field]);
  });

  it('can be described', () => {
    const { request, answer } = connectCall('');
    expect(z.toJSONSchema(request, { io: 'input' })).toMatchObject({ required: ['page_id', 'page_token'] });
    expect(z.toJSONSchema(present(answer, 'the answer'))).toMatchObject({ type: 'object' });
  });
});
