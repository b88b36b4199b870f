import { isReadable, schemaVersion } from './schema-version.js';

describe('isReadable', () => {
  it.each([
    [{}, true],
    [{ 'schema-version': schemaVersion }, true],
    [{ 'schema-version': '0.9' }, true],
    [{ 'schema-version': '1.99' }, true],
    [{ 'schema-version': '2.0' }, false],
    [{ 'schema-version': '10' }, false],
  ])('judges %j by its major version: %s', (headers, expected) => {
    expect(isReadable({ headers })).toBe(expected);
  });
});
