import { readFileSync } from 'node:fs';
import { expectProblem, type Answer } from '../harness/answer.js';
import { callsOf, documentText, type ApiCall, type ApiDocument } from '../harness/openapi/api-document.js';
import { ApiSchemas } from '../harness/openapi/api-schemas.js';
import { goodBodies, hasGoodCall, type World } from '../harness/openapi/good-calls.js';
import { clientOfOtherWorkspace } from '../harness/openapi/other-workspace.js';
import { typedFields, untypedFields, wrongBodies } from '../harness/openapi/wrong-bodies.js';
import type { ParleyClient } from '../harness/parley.client.js';
import { Product, stopAll } from '../harness/start-product.js';

const document = JSON.parse(documentText) as ApiDocument;
const calls = callsOf(document);
const errorsDoc = readFileSync('docs/errors.md', 'utf8');

/** Fields that hold an id of ours. */
const OWN_ID = /^(id|\w+_id)$/;
/** Ids of the source, and of the workspace itself. */
const FOREIGN_ID = /^(page_id|app_id|persona_id|source_\w+_id|target_app_id|workspace_id)$/;
/** What is read by hand, because it takes anything. */
const UNTYPED = ['filters'];

describe('every call of the API description', () => {
  let world: World;
  let other: ParleyClient;
  let schemas: ApiSchemas;

  const json = { 'content-type': 'application/json' };
  const raw = (
    call: ApiCall,
    request: { method: string; headers?: Record<string, string>; body?: string },
  ): Promise<Answer> => world.product.client.raw(call.path, request);
  const authorization = (): Record<string, string> => ({ authorization: `Bearer ${world.product.client.key}` });

  /** A problem whose status, code and shape the document has for this call. */
  const expectRefusal = (call: ApiCall, answer: Answer, status: number, code: string): void => {
    expectProblem(answer, status, code);
    expect(schemas.complaintsAbout(call, answer)).toEqual([]);
    expect(errorsDoc).toContain(`| \`${code}\` `);
  };

  beforeAll(async () => {
    const product = await Product.start();
    const connected = await product.connectPage();
    world = { product, connected, chat: await product.startChat(connected) };
    other = await clientOfOtherWorkspace(product);
    schemas = new ApiSchemas(document);
  }, 60_000);

  afterAll(stopAll);

  it('has a good case', () => {
    expect(calls.map(({ meant }) => meant).filter((name) => !hasGoodCall(name))).toEqual([]);
  });

  it('says the type of every field', () => {
    const untyped = calls.flatMap(({ name, request }) => untypedFields(request).map((field) => `${name} ${field}`));
    expect(untyped.filter((field) => !UNTYPED.some((known) => field.endsWith(` ${known}`)))).toEqual([]);
  });

  it.each(calls)('$name is answered as the document says', async (call) => {
    for (const body of await goodBodies(call.meant, world)) {
      expect(schemas.complaintsAboutBody(call, body)).toEqual([]);
      const answer = await world.product.client.call(call.name, body);
      expect({ text: answer.text, isGood: answer.status < 300 }).toEqual({ text: answer.text, isGood: true });
      expect(schemas.complaintsAbout(call, answer)).toEqual([]);
    }
  });

  it.each(calls)('$name names a field of a wrong type, and one that is missing', async (call) => {
    const bodies = (await goodBodies(call.meant, world)).flatMap((good) => wrongBodies(call.request, good));
    const complaints: string[] = [];
    for (const { field, what, body } of bodies) {
      const answer = await world.product.client.call(call.name, body);
      complaints.push(...complaintsAboutNaming(answer, field).map((complaint) => `${field} ${what}: ${complaint}`));
      complaints.push(...schemas.complaintsAbout(call, answer));
    }
    expect(complaints).toEqual([]);
    // a field that no good body reaches would never have been tried
    const tried = bodies.map(({ field }) => field);
    expect(typedFields(call.request).filter((field) => !tried.includes(field))).toEqual([]);
  });

  it.each(calls)('$name without a key is 401', async (call) => {
    expectRefusal(call, await raw(call, { method: 'POST', headers: json, body: '{}' }), 401, 'unauthorized');
  });

  it.each(calls)('GET on $name is 405', async (call) => {
    const answer = await raw(call, { method: 'GET', headers: authorization() });
    expectProblem(answer, 405, 'method_not_allowed');
    expect(answer.headers.get('allow')).toBe('POST');
  });

  it.each(calls)('$name with text/plain is 415', async (call) => {
    const headers = { ...authorization(), 'content-type': 'text/plain' };
    expectRefusal(call, await raw(call, { method: 'POST', headers, body: '{}' }), 415, 'media_type_unsupported');
  });

  it.each(calls)('$name takes an empty body for {}', async (call) => {
    const empty = await raw(call, { method: 'POST', headers: { ...authorization(), 'content-type': 'text/plain' } });
    const braces = await world.product.client.call(call.name, {});
    expect({ status: empty.status, fields: fieldsIn(empty) }).toEqual({
      status: braces.status,
      fields: fieldsIn(braces),
    });
    expect(schemas.complaintsAbout(call, empty)).toEqual([]);
  });

  describe('with an id', () => {
    const idFields = ({ request }: ApiCall): string[] =>
      Object.keys(request.properties ?? {}).filter((field) => OWN_ID.test(field) && !FOREIGN_ID.test(field));
    const withIds = calls.filter((call) => idFields(call).length > 0);

    it('there are some', () => {
      expect(withIds.length).toBeGreaterThan(3);
    });

    it.each(withIds)('$name finds nothing in another workspace', async (call) => {
      for (const body of await goodBodies(call.meant, world))
        expectRefusal(call, await other.call(call.name, body), 404, 'not_found');
    });
  });
});

/** It must be a 400 that names the field. */
function complaintsAboutNaming(answer: Answer, field: string): string[] {
  const { status, text } = answer;
  return status === 400 && fieldsIn(answer).includes(field) ? [] : [`${status} ${text}`];
}

function fieldsIn({ text }: Answer): string[] {
  const { errors = [] } = JSON.parse(text || '{}') as { errors?: { field: string }[] };
  return errors.map(({ field }) => field);
}
