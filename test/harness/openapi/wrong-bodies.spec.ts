import { typedFields, untypedFields, wrongBodies } from './wrong-bodies.js';

const schema = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    size: { type: 'integer' },
    name: { anyOf: [{ type: 'string' }, { type: 'null' }] },
    any: {},
    sender: { type: 'object', properties: { type: { enum: ['agent'] } }, required: ['type'] },
  },
  required: ['id'],
};

describe('wrongBodies', () => {
  it('breaks one field at a time, also further in, and leaves out what must be there', () => {
    const sender = { type: 'agent' };
    const good = { id: 'a', sender };
    const bodies = wrongBodies(schema, good).map(({ field, body }) => [field, body]);
    expect(bodies).toEqual([
      ['id', { ...good, id: 5 }],
      ['size', { ...good, size: 'five' }],
      ['name', { ...good, name: 5 }],
      ['sender', { id: 'a', sender: 'text' }],
      ['sender.type', { id: 'a', sender: { type: { no: 'such value' } } }],
      ['id', { sender }],
      ['sender.type', { id: 'a', sender: {} }],
    ]);
  });

  it('looks into objects only where the good body has one', () => {
    expect(wrongBodies(schema, { id: 'a' }).map(({ field }) => field)).toEqual(['id', 'size', 'name', 'sender', 'id']);
  });

  it('knows all fields that have a type', () => {
    expect(typedFields(schema)).toEqual(['id', 'size', 'name', 'sender', 'sender.type']);
  });

  it('knows which fields take anything', () => {
    expect(untypedFields(schema)).toEqual(['any']);
  });
});
