/** What marks the place of a secret. */
export const REDACTED = '[redacted]';

const others = 'authorization|cookie|appsecret_proof|api_?key|encryption_?key|password|ticket|code_verifier';
const names = `[a-z_-]*token|[a-z_-]*secret|${others}`;
/** No pattern fits a text without any of these: one look instead of one for each. */
const perhaps = new RegExp(`[=@]|bearer|basic|EAA|parley_|token|secret|${others}`, 'i');

/**
 * Secrets inside of texts: URLs, error messages, JSON in strings. Only forms that cannot be anything else: redaction by key
 * does the work, this is the net below it.
 */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic)\s+[\w.~+/=|-]{6,}/gi, `$1 ${REDACTED}`],
  // a parameter of a URL or form
  [new RegExp(String.raw`\b(${names})=(?!\[redacted\])[^\s"'&\\]+`, 'gi'), `$1=${REDACTED}`],
  // JSON, also as a text inside of JSON
  [new RegExp(String.raw`\b(${names})(\\*["']\s*:\s*\\*["'])(?!\[redacted\])[^"'\\]+`, 'gi'), `$1$2${REDACTED}`],
  // credentials in a URL
  [/(\b[a-z][a-z\d+.-]*:\/\/[^\s:@/"]*:)[^\s@/"]+@/gi, `$1${REDACTED}@`],
  // V8 quotes what JSON.parse could not read
  [/(Unexpected token .{1,8}?, ).*?( is not valid JSON)/g, `$1${REDACTED}$2`],
  // tokens of Facebook and keys of ours, wherever they stand
  [/\bEAA[A-Za-z0-9]{16,}/g, REDACTED],
  [/\bparley_[A-Za-z0-9]{16,}/g, REDACTED],
];

export function scrubText(text: string): string {
  if (!perhaps.test(text)) return text;
  return patterns.reduce((scrubbed, [pattern, replacement]) => scrubbed.replace(pattern, replacement), text);
}
