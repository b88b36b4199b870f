const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const BRACE = 0x7b;
const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
const isOpening = (code: number): boolean => code === 0x7b || code === 0x5b;
const isClosing = (code: number): boolean => code === 0x7d || code === 0x5d;

/** How deep objects and arrays lie in each other, of any text and without recursion: to be asked before JSON.parse is. */
export function nestingOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at) - 1;
    else if (isOpening(code)) deepest = Math.max(deepest, (depth += 1));
    else if (isClosing(code)) depth -= 1;
  }
  return deepest;
}

/** Where a value of a valid JSON text is written, and what lies in it. */
export interface Written {
  readonly start: number;
  readonly end: number;
  /** Of an object, as far down as was asked. */
  readonly members?: ReadonlyMap<string, Written>;
  /** Of an array, likewise. */
  readonly elements?: readonly Written[];
}

/** One way through the text for all levels: what lies below them is passed over. */
export function writtenIn(text: string, levels: number): Written {
  return writtenAt(text, skipSpace(text, 0), levels);
}

function writtenAt(text: string, start: number, levels: number): Written {
  const code = text.charCodeAt(start);
  if (levels === 0 || !isOpening(code)) return { start, end: endOfValue(text, start) };
  return code === BRACE ? objectAt(text, start, levels - 1) : arrayAt(text, start, levels - 1);
}

/** Of two equal keys the last one counts, as in JSON.parse. */
function objectAt(text: string, start: number, levels: number): Written {
  const members = new Map<string, Written>();
  let at = skipSpace(text, start + 1);
  while (text.charCodeAt(at) === QUOTE) {
    const keyEnd = endOfString(text, at);
    const value = writtenAt(text, skipSpace(text, skipSpace(text, keyEnd) + 1), levels);
    members.set(textOf(text.slice(at, keyEnd)), value);
    at = afterComma(text, value.end);
  }
  return { start, end: at + 1, members };
}

function arrayAt(text: string, start: number, levels: number): Written {
  const elements: Written[] = [];
  let at = skipSpace(text, start + 1);
  while (at < text.length && !isClosing(text.charCodeAt(at))) {
    const element = writtenAt(text, at, levels);
    elements.push(element);
    at = afterComma(text, element.end);
  }
  return { start, end: at + 1, elements };
}

/** Where the next one begins, or the end of them all. */
function afterComma(text: string, end: number): number {
  const at = skipSpace(text, end);
  return text.charCodeAt(at) === COMMA ? skipSpace(text, at + 1) : at;
}

/** Of a string as it is written; most have no escapes. */
function textOf(written: string): string {
  return written.includes('\\') ? (JSON.parse(written) as string) : written.slice(1, -1);
}

/** Behind the string that begins at `start`. */
export function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end + 1;
}

function isEscaped(text: string, index: number): boolean {
  let before = index - 1;
  while (text.charCodeAt(before) === BACKSLASH) before -= 1;
  return (index - before) % 2 === 0;
}

function endOfValue(text: string, start: number): number {
  const code = text.charCodeAt(start);
  if (code === QUOTE) return endOfString(text, start);
  return isOpening(code) ? endOfNest(text, start) : endOfWord(text, start);
}

function endOfNest(text: string, start: number): number {
  let depth = 0;
  let at = start;
  do {
    const code = text.charCodeAt(at);
    if (isOpening(code)) depth += 1;
    else if (isClosing(code)) depth -= 1;
    at = code === QUOTE ? endOfString(text, at) : at + 1;
  } while (depth > 0 && at < text.length);
  return at;
}

function endOfWord(text: string, start: number): number {
  let at = start;
  while (at < text.length && !endsWord(text.charCodeAt(at))) at += 1;
  return at;
}

function endsWord(code: number): boolean {
  return code === COMMA || isClosing(code) || isSpace(code);
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (isSpace(text.charCodeAt(at))) at += 1;
  return at;
}
