import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';

/**
 * Node's own http for one request, which remembers whether a byte of it may have reached the network. It has not while the
 * connection (with TLS: its handshake) does not stand: only then may a send be repeated without asking anybody.
 */
export class Dispatch {
  private mayBeWritten = false;

  get isProvablyNotWritten(): boolean {
    return !this.mayBeWritten;
  }

  request(options: RequestOptions, onResponse: (response: IncomingMessage) => void): ClientRequest {
    const isSecure = options.protocol === 'https:';
    const request = isSecure ? https.request(options, onResponse) : http.request(options, onResponse);
    request.once('socket', (socket: Socket) => {
      this.watch(socket, isSecure ? 'secureConnect' : 'connect');
    });
    return request;
  }

  private watch(socket: Socket, connected: 'secureConnect' | 'connect'): void {
    if (!socket.connecting) {
      this.mayBeWritten = true;
      return;
    }
    socket.once(connected, () => {
      this.mayBeWritten = true;
    });
  }
}
