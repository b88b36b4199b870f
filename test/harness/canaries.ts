/** Secrets by name, and where they turn up: as they are, or merely written in another way. */
export class Canaries {
  private readonly values = new Map<string, string>();

  get names(): string[] {
    return [...this.values.keys()];
  }

  get shortest(): number {
    return Math.min(...[...this.values.values()].map(({ length }) => length));
  }

  add(name: string, value: string): void {
    this.values.set(name, value);
  }

  foundIn(text: string): string[] {
    return [...this.values]
      .filter(([, value]) => formsOf(value).some((form) => text.includes(form)))
      .map(([name]) => name);
  }
}

/** How often the text is there. */
export function timesIn(text: string, wanted: string): number {
  return text.split(wanted).length - 1;
}

/** Plain, and in encodings that hide nothing; without the end, which depends on what follows. */
function formsOf(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8');
  const encoded = [bytes.toString('base64'), bytes.toString('base64url')].map((text) =>
    text.slice(0, Math.floor((bytes.length / 3) * 4) - 1),
  );
  return [value, bytes.toString('hex'), JSON.stringify(value).slice(1, -1), encodeURIComponent(value), ...encoded];
}
