import { Controller, Delete, Get, HttpCode, Param, Post, Req, UseInterceptors } from '@nestjs/common';
import { asList, asObject, asText, type JsonObject } from '../json.js';
import { Callers } from './callers.js';
import { requestedFields } from './fields.js';
import { invalidParameter } from './graph-error.js';
import { parametersOf, type GraphRequest } from './graph-request.js';
import { GraphInterceptor } from './graph.interceptor.js';
import { PROFILE } from './limits.js';

const PROPERTIES = [
  'get_started',
  'greeting',
  'ice_breakers',
  'persistent_menu',
  'whitelisted_domains',
  'account_linking_url',
  'commands',
] as const;

/** https://developers.facebook.com/docs/messenger-platform/reference/messenger-profile-api */
@Controller(':id/messenger_profile')
@UseInterceptors(GraphInterceptor)
export class MessengerProfileController {
  constructor(private readonly callers: Callers) {}

  @Get()
  read(@Param('id') id: string, @Req() request: GraphRequest): JsonObject {
    const { messengerProfile: profile } = this.callers.page(request, id);
    const fields = requestedFields(parametersOf(request));
    if (fields === null) throw invalidParameter('The parameter fields is required');
    const shown = namesOf(fields).filter((name) => name in profile);
    return { data: shown.length === 0 ? [] : [Object.fromEntries(shown.map((name) => [name, profile[name]]))] };
  }

  @Post()
  @HttpCode(200)
  write(@Param('id') id: string, @Req() request: GraphRequest): JsonObject {
    const page = this.callers.page(request, id);
    const parameters = parametersOf(request);
    const given = PROPERTIES.filter((name) => parameters[name] !== undefined);
    if (given.length === 0) throw invalidParameter('The profile needs at least one property');
    const profile = { ...page.messengerProfile, ...Object.fromEntries(given.map((name) => [name, parameters[name]])) };
    checkProfile(profile);
    page.messengerProfile = profile;
    return { result: 'success' };
  }

  @Delete()
  @HttpCode(200)
  remove(@Param('id') id: string, @Req() request: GraphRequest): JsonObject {
    const page = this.callers.page(request, id);
    const fields = parametersOf(request)['fields'];
    const names = namesOf(Array.isArray(fields) ? fields : (asText(fields) ?? '').replace(/[[\]"\s]/g, '').split(','));
    const left = Object.entries(page.messengerProfile).filter(([name]) => !names.includes(name));
    const profile = Object.fromEntries(left);
    checkProfile(profile);
    page.messengerProfile = profile;
    return { result: 'success' };
  }
}

function namesOf(fields: readonly unknown[]): string[] {
  return fields.map((field) => {
    const known = PROPERTIES.find((name) => name === field);
    if (known === undefined) throw invalidParameter(`"${String(field)}" is not a property of the profile`);
    return known;
  });
}

function checkProfile(profile: JsonObject): void {
  const { greeting, persistent_menu: menus, ice_breakers: breakers, commands, whitelisted_domains: domains } = profile;
  if (menus !== undefined) checkMenus(asList(menus).map(asObject), profile['get_started']);
  for (const { text } of asList(greeting).map(asObject)) {
    if ((asText(text) ?? '').length > PROFILE.greetingMax)
      throw invalidParameter('A greeting has at most 160 characters');
  }
  const questions = asList(breakers).flatMap((breaker) => asList(asObject(breaker)['call_to_actions'] ?? [breaker]));
  if (questions.length > PROFILE.iceBreakersMax) throw invalidParameter('There are at most 4 ice breakers');
  if (asList(domains).length > PROFILE.domainsMax) throw invalidParameter('There are at most 50 whitelisted domains');
  for (const command of asList(commands)) {
    const { commands: list } = asObject(command);
    if (asList(list).length > PROFILE.commandsMax) throw invalidParameter('There are at most 100 commands');
  }
}

function checkMenus(menus: readonly JsonObject[], getStarted: unknown): void {
  if (getStarted === undefined) throw invalidParameter('A persistent menu needs get_started');
  checkLocales(menus);
  for (const menu of menus) {
    const items = asList(menu['call_to_actions']).map(asObject);
    if (items.length > PROFILE.menuItemsMax) throw invalidParameter('A persistent menu has at most 20 items');
    // Since v8.0: https://developers.facebook.com/docs/messenger-platform/changelog
    if (items.some((item) => item['type'] === 'nested')) throw invalidParameter('Nested menus are not supported');
    if (items.some(({ title }) => (asText(title) ?? '').length > PROFILE.menuTitleMax)) {
      throw invalidParameter('The title of a menu item has at most 30 characters');
    }
  }
}

function checkLocales(menus: readonly JsonObject[]): void {
  const hasDefault = menus.some(({ locale }) => locale === 'default');
  if (!hasDefault) throw invalidParameter('A persistent menu needs the locale "default"');
}
