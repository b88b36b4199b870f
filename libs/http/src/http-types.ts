import type { FastifyAdapter } from '@nestjs/platform-fastify';

type RequestHook = Parameters<FastifyAdapter['setOnRequestHook']>[0];

/** Fastify's request; `id` is the request id. */
export type HttpRequest = Parameters<RequestHook>[0];
export type HttpReply = Parameters<RequestHook>[1];
export type HttpServer = HttpRequest['server'];
