import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { ChannelConnector } from '#libs/channels/kit';
import type { Points } from './points.js';

/** The source, as the product calls it; `graph.request.written` is said of every request whose last byte has left. */
export function decorateConnector(points: Points, connector: ChannelConnector): ChannelConnector {
  subscribe('http.client.request.start', (message) => {
    const { request } = message as { request: ClientRequest };
    request.once('finish', () => {
      void points.pass('graph.request.written', `${request.method} ${request.path}`);
    });
  });
  const { sending, connecting, contacts, calls } = connector;
  const { search } = sending;
  return {
    ...connector,
    sending: {
      ...sending,
      send: points.around('graph.send', sending.send, ({ sourceContactId }) => sourceContactId),
      ...(search !== undefined && {
        search: {
          isOfUse: (fields, body) => search.isOfUse(fields, body),
          find: points.around(
            'graph.find',
            (call) => search.find(call),
            ({ sourceContactId }) => sourceContactId,
          ),
        },
      }),
    },
    connecting: points.aroundAll('graph', connecting, ''),
    contacts: points.aroundAll('graph', contacts, ''),
    calls: calls.map((call) => points.aroundAll('graph', call, call.name)),
  };
}
