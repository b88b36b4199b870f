import { Controller, Get, Inject, Redirect, Req } from '@nestjs/common';
import { asText } from '../json.js';
import { DEMO_USER_ID, SIMULATOR_OPTIONS, type SimulatorOptions } from '../simulator.options.js';
import { PageStore } from '../world/page.store.js';
import { Codes } from './codes.js';
import { invalidParameter, refusal } from './graph-error.js';
import { parametersOf, type GraphRequest } from './graph-request.js';

/**
 * The login dialog of www.facebook.com; the user consents at once.
 * https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow
 */
@Controller('dialog/oauth')
export class LoginDialogController {
  constructor(
    @Inject(SIMULATOR_OPTIONS) private readonly app: SimulatorOptions,
    private readonly codes: Codes,
    private readonly pages: PageStore,
  ) {}

  /** `simulated_user`: who logs in; `simulated_denial`: who does not consent. */
  @Get()
  @Redirect()
  open(@Req() request: GraphRequest): { url: string; statusCode: number } {
    const parameters = parametersOf(request);
    if (asText(parameters['client_id']) !== this.app.appId) throw refusal('client_unknown');
    const redirectUri = asText(parameters['redirect_uri']);
    if (redirectUri === undefined || !URL.canParse(redirectUri)) throw invalidParameter('redirect_uri is required');
    const url = new URL(redirectUri);
    for (const [name, value] of this.answer(parameters, redirectUri)) url.searchParams.set(name, value);
    const state = asText(parameters['state']);
    if (state !== undefined) url.searchParams.set('state', state);
    return { url: url.href, statusCode: 302 };
  }

  private answer(parameters: ReturnType<typeof parametersOf>, redirectUri: string): [string, string][] {
    if (parameters['simulated_denial'] !== undefined) {
      return [
        ['error', 'access_denied'],
        ['error_reason', 'user_denied'],
        ['error_description', 'Permissions error'],
      ];
    }
    const userId = asText(parameters['simulated_user']) ?? DEMO_USER_ID;
    if (!this.pages.all().some((page) => page.userId === userId)) throw refusal('object_missing');
    return [['code', this.codes.issue({ userId, redirectUri })]];
  }
}
