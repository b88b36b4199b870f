import { readSimulatorConfig } from './simulator.config.js';

describe('readSimulatorConfig', () => {
  it('has a default for everything', () => {
    expect(readSimulatorConfig({})).toMatchObject({ port: 8090, host: '127.0.0.1', appId: '290000000000001' });
  });

  it('takes the simulated app before the real one', () => {
    const env = {
      SIMULATOR_APP_ID: '29',
      SIMULATOR_APP_SECRET: 's',
      FACEBOOK_APP_ID: '1',
      FACEBOOK_WEBHOOK_SECRET: 'v',
    };
    expect(readSimulatorConfig(env)).toMatchObject({ appId: '29', appSecret: 's', verifyToken: 'v' });
  });

  it('refuses a real app unless told so', () => {
    const real = { FACEBOOK_APP_ID: '1', FACEBOOK_APP_SECRET: 'current,previous' };
    expect(() => readSimulatorConfig(real)).toThrow('SIMULATOR_ALLOW_REAL_APP');
    expect(readSimulatorConfig({ ...real, SIMULATOR_ALLOW_REAL_APP: '1' })).toMatchObject({
      appId: '1',
      appSecret: 'current',
    });
  });

  it('lists everything that is wrong', () => {
    const read = (): unknown => readSimulatorConfig({ SIMULATOR_PORT: 'many', SIMULATOR_APP_ID: 'mine' });
    expect(read).toThrow(/SIMULATOR_PORT[\s\S]*SIMULATOR_APP_ID/);
  });
});
