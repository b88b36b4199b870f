import type { Message } from '#libs/messaging';

/** The text of a message, empty when it has none. */
export function textOf({ content }: Message): string {
  return 'text' in content ? (content.text ?? '') : '';
}

/** The same text with another character in the middle. */
export function tampered(text: string): string {
  const middle = Math.floor(text.length / 2);
  return text.slice(0, middle) + (text.at(middle) === 'A' ? 'B' : 'A') + text.slice(middle + 1);
}

/** Without what is the same as the one before. */
export function withoutRepeats(values: readonly string[]): string[] {
  return values.filter((value, index) => value !== values[index - 1]);
}
