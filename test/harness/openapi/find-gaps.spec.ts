import { findGaps } from './find-gaps.js';

const string = { schema: { type: 'string' } };
const good = {
  summary: 'Does it',
  security: [{ apiKey: ['admin'] }],
  requestBody: { content: { 'application/json': { schema: { type: 'object' } } } },
  responses: { 200: { content: { 'application/json': string } } },
};
const documentOf = (post: object): Parameters<typeof findGaps>[0] => ({
  info: { version: '1' },
  paths: { '/things.do': { post } },
});

describe('findGaps', () => {
  it.each([
    ['says everything', good],
    ['answers 204 and nothing', { ...good, responses: { 204: {} } }],
  ])('finds none in a call that %s', (_, post) => {
    expect(findGaps(documentOf(post))).toEqual([]);
  });

  it.each([
    ['no summary', { ...good, summary: '' }],
    ['does not say whether it needs a key', { ...good, security: undefined }],
    ['no request schema', { ...good, requestBody: undefined }],
    ['no request schema', { ...good, requestBody: { content: { 'application/json': {} } } }],
    ['no request schema', { ...good, requestBody: { content: { 'application/json': { schema: {} } } } }],
    ['no schema of the 200 answer', { ...good, responses: { 200: { content: { 'application/json': {} } } } }],
    ['no schema of the 200 answer', { ...good, responses: { 200: {} } }],
    ['no good answer', { ...good, responses: { 400: {} } }],
  ])('says %s', (gap, post) => {
    expect(findGaps(documentOf(post))).toEqual([`POST /things.do: ${gap}`]);
  });
});
