import { RequestMethod, type DynamicModule, type Type } from '@nestjs/common';
import { CallDescription, type DescribedCall } from '#libs/http';

type Handler = (...values: never[]) => unknown;
type Mounted = Type | DynamicModule;

/** One handler under all its paths, as Nest's decorators describe it. */
export interface Route {
  /** `ChannelsController.list` */
  readonly name: string;
  readonly method: string;
  /** As Nest writes them: `/webhooks/facebook/:channel_id`. */
  readonly paths: readonly string[];
  readonly call: DescribedCall | undefined;
  /** The class of the parameter with `@Body()`; undefined: there is none. */
  readonly dto: Type | undefined;
}

// what Nest's decorators leave behind
const CONTROLLERS = 'controllers';
const IMPORTS = 'imports';
const PATH = 'path';
const METHOD = 'method';
const ARGUMENTS = '__routeArguments__';
const PARAMETER_TYPES = 'design:paramtypes';
/** `RouteParamtypes.BODY` of Nest, and the place of the parameter. */
const bodyArgument = /^3:(\d+)$/;

/** The routes of a module and of all that it imports. */
export function findRoutes(module: Mounted): Route[] {
  return [...controllersOf(module, new Set())].flatMap(routesOf);
}

function* controllersOf(mounted: Mounted, seen: Set<Mounted>): Generator<Type> {
  if (seen.has(mounted)) return;
  seen.add(mounted);
  const isDynamic = typeof mounted !== 'function';
  const module = isDynamic ? mounted.module : mounted;
  yield* listAt(CONTROLLERS, module) as readonly Type[];
  if (isDynamic) yield* mounted.controllers ?? [];
  const imported = isDynamic ? ((mounted.imports ?? []) as Mounted[]) : [];
  for (const inner of [...(listAt(IMPORTS, module) as readonly Mounted[]), ...imported])
    yield* controllersOf(inner, seen);
}

function listAt(key: string, module: Type): readonly unknown[] {
  return (Reflect.getMetadata(key, module) as readonly unknown[] | undefined) ?? [];
}

function routesOf(controller: Type): Route[] {
  const prototype = controller.prototype as Readonly<Record<string, Handler>>;
  const names = Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
  return names.flatMap((name) => {
    const handler = prototype[name];
    return handler !== undefined && Reflect.hasMetadata(PATH, handler) ? [routeOf(controller, name, handler)] : [];
  });
}

function routeOf(controller: Type, name: string, handler: Handler): Route {
  const prefix = Reflect.getMetadata(PATH, controller) as string;
  const paths = [Reflect.getMetadata(PATH, handler) as string | string[]].flat();
  return {
    name: `${controller.name}.${name}`,
    method: RequestMethod[Reflect.getMetadata(METHOD, handler) as RequestMethod],
    paths: paths.map(
      (path) =>
        `/${[prefix, path]
          .flatMap((part) => part.split('/'))
          .filter(Boolean)
          .join('/')}`,
    ),
    call: Reflect.getMetadata(CallDescription.KEY, handler) as DescribedCall | undefined,
    dto: dtoOf(controller, name),
  };
}

function dtoOf(controller: Type, name: string): Type | undefined {
  const parameters = (Reflect.getMetadata(ARGUMENTS, controller, name) as object | undefined) ?? {};
  const [place] = Object.keys(parameters).flatMap((key) => bodyArgument.exec(key)?.[1] ?? []);
  if (place === undefined) return undefined;
  const types = Reflect.getMetadata(PARAMETER_TYPES, controller.prototype as object, name) as Type[];
  return types[Number(place)];
}
