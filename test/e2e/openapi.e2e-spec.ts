import { readFileSync } from 'node:fs';
import { errorCodes } from '#libs/errors';
import { ask, type Answer } from '../harness/answer.js';
import { callsOf, documentText, examplesOf, type ApiDocument } from '../harness/openapi/api-document.js';
import { ApiSchemas, complaintsAboutDocument } from '../harness/openapi/api-schemas.js';
import { findGaps } from '../harness/openapi/find-gaps.js';
import { Product, stopAll } from '../harness/start-product.js';

const document = JSON.parse(documentText) as ApiDocument;
const calls = callsOf(document);

describe('the API description', () => {
  let product: Product;
  const get = (path: string): Promise<Answer> => ask(`${product.client.url}${path}`, { method: 'GET' });

  beforeAll(async () => {
    product = await Product.start();
  }, 60_000);

  afterAll(stopAll);

  it('is served without a key, as it stands in docs/openapi.json', async () => {
    const answer = await get('/openapi.json');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json(;|$)/);
    expect(answer.text).toBe(documentText);
  });

  it('is valid OpenAPI 3.1, by the schema of the OpenAPI Initiative', () => {
    expect(complaintsAboutDocument(document)).toEqual([]);
  });

  it('has request and answer of every operation', () => {
    expect(findGaps(document)).toEqual([]);
  });

  it('has the version of the product', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(document.info.version).toBe(version);
  });

  it('has examples that fit', () => {
    const schemas = new ApiSchemas(document);
    const shown = calls.flatMap((call) => examplesOf(call).map((body) => ({ call, body })));
    expect(shown.length).toBeGreaterThan(3);
    expect(shown.flatMap(({ call, body }) => schemas.complaintsAboutBody(call, body))).toEqual([]);
  });

  describe('as a page', () => {
    const partsOf = (html: string): string[] =>
      [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address = '']) => address);

    it.each(['/docs', '/docs/', '/docs/errors'])(
      '%s needs no key and no other host, and nothing within it runs',
      async (path) => {
        const page = await get(path);
        expect(page.status).toBe(200);
        expect(page.headers.get('content-type')).toMatch(/^text\/html(;|$)/);
        expect(page.headers.get('content-security-policy')).toMatch(
          /^default-src 'none'; script-src 'self'; style-src 'self';/,
        );
        expect(page.text).not.toMatch(/https?:|<style|style=|<script>|onload=/);
        expect(partsOf(page.text).length).toBeGreaterThan(0);
      },
    );

    it('finds all its parts', async () => {
      const parts = partsOf((await get('/docs')).text);
      expect(parts).toHaveLength(4);
      for (const part of parts) {
        const answer = await get(part);
        expect({ part, status: answer.status }).toEqual({ part, status: 200 });
        expect(answer.headers.get('content-type')).toMatch(/^text\/(css|javascript)(;|$)/);
        expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      }
    });

    it('asks no other host whether the document is valid', async () => {
      expect((await get('/docs/start.js')).text).toContain('validatorUrl: null');
    });

    it.each([
      '/docs/index.html',
      '/docs/package.json',
      '/docs/..%2fpackage.json',
      '/docs/%2e%2e%2f%2e%2e%2fpackage.json',
    ])('serves nothing else: %s', async (path) => {
      expect((await get(path)).status).toBe(404);
    });

    it('explains every code where the type of a problem leads', async () => {
      const refused = await ask(`${product.client.url}/channels.list`, { method: 'POST' });
      const { type } = JSON.parse(refused.text) as { type: string };
      expect(type).toBe('/docs/errors#unauthorized');
      const page = await get('/docs/errors');
      for (const code of Object.keys(errorCodes)) expect(page.text).toContain(`id="${code}"`);
    });
  });
});
