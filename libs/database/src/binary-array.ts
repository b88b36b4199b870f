export type ColumnType = 'uuid' | 'text' | 'integer' | 'bigint' | 'boolean' | 'timestamptz' | 'jsonb';

/** How elements of a type go over the wire: what its `recv` function in PostgreSQL reads. */
interface Wire<Value> {
  /** Of the type, in `pg_type`: the same in every PostgreSQL. */
  readonly oid: number;
  /** Bytes of this element. */
  size(value: Value): number;
  /** Answers where it ends. */
  write(into: Buffer, value: Value, at: number): number;
}

const headerBytes = 20;
const emptyHeaderBytes = 12;
/** Before each element; -1: null. */
const lengthBytes = 4;
/** PostgreSQL counts microseconds from here. */
const epochMs = Date.UTC(2000, 0, 1);
const jsonbVersion = 1;
/** Where each byte's two digits begin in a UUID. */
const uuidPlaces = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const;
/** By character code. */
const digits = Int8Array.from({ length: 128 }, (_, code) =>
  '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase()),
);

const text: Wire<string> = {
  oid: 25,
  size: (value) => Buffer.byteLength(value),
  write: (into, value, at) => at + into.write(value, at),
};

const wires: Readonly<Record<ColumnType, Wire<never>>> = {
  text,
  uuid: { oid: 2950, size: () => 16, write: writeUuid },
  integer: { oid: 23, size: () => 4, write: writeInteger },
  bigint: { oid: 20, size: () => 8, write: (into, value: number, at) => into.writeBigInt64BE(BigInt(value), at) },
  boolean: { oid: 16, size: () => 1, write: (into, value: boolean, at) => into.writeUInt8(value ? 1 : 0, at) },
  timestamptz: { oid: 1184, size: () => 8, write: writeInstant },
  // of JSON text: a value is made text once
  jsonb: {
    oid: 3802,
    size: (value: string) => 1 + text.size(value),
    write: (into, value: string, at) => text.write(into, value, into.writeUInt8(jsonbVersion, at)),
  },
};

/**
 * An array in PostgreSQL's binary form, which it reads in a third of the time that it takes for text: nothing has to be looked
 * for, unescaped or parsed. https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/utils/adt/arrayfuncs.c, `array_recv`
 */
export function binaryArray(type: ColumnType, given: readonly unknown[]): Buffer {
  const wire = wires[type];
  const values = type === 'jsonb' ? given.map(toJson) : given;
  let bytes = values.length === 0 ? emptyHeaderBytes : headerBytes;
  let hasNull = 0;
  for (const value of values) {
    bytes += lengthBytes;
    if (isNothing(value)) hasNull = 1;
    else bytes += wire.size(value as never);
  }
  const array = Buffer.allocUnsafe(bytes);
  let at = writeHeader(array, { oid: wire.oid, hasNull, length: values.length });
  for (const value of values) {
    if (isNothing(value)) {
      at = array.writeInt32BE(-1, at);
      continue;
    }
    const end = wire.write(array, value as never, at + lengthBytes);
    array.writeInt32BE(end - at - lengthBytes, at);
    at = end;
  }
  return array;
}

/** Of no dimension, where nothing is in it; else of one, which begins at 1. */
function writeHeader(
  array: Buffer,
  { oid, hasNull, length }: { oid: number; hasNull: number; length: number },
): number {
  const head = length === 0 ? [0, 0, oid] : [1, hasNull, oid, length, 1];
  return head.reduce((at, word) => array.writeInt32BE(word, at), 0);
}

function isNothing(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function toJson(value: unknown): string | null {
  return isNothing(value) ? null : JSON.stringify(value);
}

/** Byte by byte: a third of the time that it takes to cut out the hyphens and have Buffer read the digits. */
function writeUuid(into: Buffer, value: string, at: number): number {
  let invalid = value.length === 36 ? 0 : -1;
  let end = at;
  for (const place of uuidPlaces) {
    const byte = (digitOf(value, place) << 4) | digitOf(value, place + 1);
    invalid |= byte;
    into[end] = byte;
    end += 1;
  }
  if (invalid < 0) throw refusal('22P02', 'That is no UUID.');
  return end;
}

/** Negative where no hexadecimal digit stands. */
function digitOf(value: string, place: number): number {
  return digits[value.charCodeAt(place)] ?? -1;
}

function writeInteger(into: Buffer, value: number, at: number): number {
  // what is no whole number of 32 bits
  if ((value | 0) !== value) throw refusal('22003', 'A number is out of the range of an integer.');
  return into.writeInt32BE(value, at);
}

function writeInstant(into: Buffer, value: Date, at: number): number {
  const ms = value.getTime();
  if (Number.isNaN(ms)) throw refusal('22007', 'That is no time.');
  return into.writeBigInt64BE(BigInt(ms - epochMs) * 1000n, at);
}

/** As PostgreSQL would refuse the value: whoever wrote it is told so in the same way. */
function refusal(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
