import { operationsOf, type ApiDocument, type Media, type Operation, type Response } from './api-document.js';

/** What an operation leaves unsaid. */
export function findGaps(document: ApiDocument): string[] {
  return operationsOf(document).flatMap((operation) =>
    gapsOf(operation).map((gap) => `${operation.method} ${operation.path}: ${gap}`),
  );
}

function gapsOf(operation: Operation): string[] {
  const { summary = '', method, requestBody, responses = {}, security } = operation;
  return [
    ...(summary === '' ? ['no summary'] : []),
    ...(security === undefined ? ['does not say whether it needs a key'] : []),
    ...(method === 'POST' ? gapsOfBody(requestBody?.content) : []),
    ...gapsOfAnswers(responses),
  ];
}

function gapsOfBody(content: Readonly<Record<string, Media>> = {}): string[] {
  return hasSchemas(content) ? [] : ['no request schema'];
}

function gapsOfAnswers(responses: Readonly<Record<string, Response>>): string[] {
  const good = Object.entries(responses).filter(([status]) => Number(status) < 300);
  const silent = good.filter(([status, { content = {} }]) => status !== '204' && !hasSchemas(content));
  return [
    ...(good.length === 0 ? ['no good answer'] : []),
    ...silent.map(([status]) => `no schema of the ${status} answer`),
  ];
}

function hasSchemas(content: Readonly<Record<string, Media>>): boolean {
  const media = Object.values(content);
  return media.length > 0 && media.every(({ schema }) => schema !== undefined && Object.keys(schema).length > 0);
}
