import { existsSync, readdirSync } from 'node:fs';
import { channelDefinitions } from './channel-definitions.js';

const folder = new URL('../../', import.meta.url);
/** What is no channel. */
const OTHERS = ['all', 'kit', 'testing'];

describe('the list of channels', () => {
  it('names every folder', () => {
    const folders = readdirSync(folder).filter((name) => !OTHERS.includes(name));
    expect(channelDefinitions.map(({ source }) => source)).toEqual(folders);
  });

  it.each(channelDefinitions)('$source has a README and fixtures', ({ source }) => {
    expect(existsSync(new URL(`${source}/README.md`, folder))).toBe(true);
    expect(readdirSync(new URL(`${source}/fixtures`, folder))).not.toEqual([]);
  });

  it.each(channelDefinitions)('$source runs without any configuration', (definition) => {
    expect(definition.configure({})).toMatchObject({
      ok: true,
      connector: { source: definition.source, ownApp: null },
    });
  });
});
