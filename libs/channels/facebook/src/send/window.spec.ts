import { sendableUntil, windowAt } from './window.js';

const openedAt = new Date('2026-11-01T12:00:00.000Z');
const edges = { closes_at: '2026-11-02T12:00:00.000Z', human_agent_until: '2026-11-08T12:00:00.000Z' };

describe('windowAt', () => {
  it.each([
    ['2026-11-01T12:00:00.000Z', ['RESPONSE', 'UPDATE', 'HUMAN_AGENT', 'UTILITY']],
    ['2026-11-02T12:00:00.000Z', ['RESPONSE', 'UPDATE', 'HUMAN_AGENT', 'UTILITY']],
    ['2026-11-02T12:00:00.001Z', ['HUMAN_AGENT', 'UTILITY']],
    ['2026-11-08T12:00:00.000Z', ['HUMAN_AGENT', 'UTILITY']],
    ['2026-11-08T12:00:00.001Z', ['UTILITY']],
  ])('at %s allows %j', (now, allowed) => {
    expect(windowAt(openedAt, new Date(now))).toEqual({ ...edges, allowed });
  });

  it('was never opened by a contact who never wrote', () => {
    expect(windowAt(null, openedAt)).toEqual({ closes_at: null, human_agent_until: null, allowed: ['UTILITY'] });
  });
});

describe('sendableUntil', () => {
  const message = { text: 'x' };

  it.each([
    [{}, edges.closes_at],
    [{ messagingType: 'RESPONSE' }, edges.closes_at],
    [{ messagingType: 'UPDATE' }, edges.closes_at],
    [{ messagingType: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' }, edges.human_agent_until],
    [{ tag: 'HUMAN_AGENT' }, edges.human_agent_until],
    [{ tag: 'CUSTOMER_FEEDBACK' }, edges.human_agent_until],
  ])('of %j is %s', (type, until) => {
    expect(sendableUntil({ message, ...type }, openedAt)?.toISOString()).toBe(until);
  });

  it.each([
    { messagingType: 'UTILITY' },
    { message: { template: { name: 'order_shipped_1' } } },
    { tag: 'NON_PROMOTIONAL_SUBSCRIPTION' },
  ])('knows no end of %j', (type) => {
    expect(sendableUntil({ message, ...type }, openedAt)).toBeNull();
  });
});
