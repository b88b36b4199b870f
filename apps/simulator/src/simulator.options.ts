export interface SimulatorOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly host: string;
  readonly appId: string;
  readonly appSecret: string;
  readonly verifyToken: string;
  readonly logLevel: 'silent' | 'debug' | 'info' | 'warn' | 'error';
}

export const SIMULATOR_OPTIONS = Symbol('SIMULATOR_OPTIONS');

/** The simulated app. Its secret is public, like everything that belongs to it. */
export const DEMO_OPTIONS: SimulatorOptions = {
  port: 0,
  host: '127.0.0.1',
  appId: '290000000000001',
  appSecret: 'simulated-app-secret-0000000000',
  verifyToken: 'simulated-verify-token',
  logLevel: 'info',
};

export const DEMO_PAGE_ID = '108200000000001';
export const DEMO_CUSTOMER_PSID = '6500000000000011';
export const DEMO_USER_ID = '100200000000001';

/** The inbox of pages, since Graph v12.0. https://developers.facebook.com/docs/messenger-platform/conversation-routing */
export const INBOX_APP_ID = '263902037430900';
/** Any other app that is connected to the page. */
export const OTHER_APP_ID = '290000000000002';
