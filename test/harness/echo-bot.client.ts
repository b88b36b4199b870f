import { updateSchema, type Update } from '#libs/messaging';

export interface BotSettings {
  readonly url: string;
  readonly key: string;
}

/** The basic bot of the Messenger guide, as a client of Parley: it repeats texts and says what was clicked. */
export class EchoBot {
  /** Texts that it has answered with, in order. */
  readonly said: string[] = [];
  /** What went wrong, if anything did. */
  readonly complaints: string[] = [];
  private readonly end = new AbortController();
  private reading: Promise<void> = Promise.resolve();

  private constructor(private readonly settings: BotSettings) {}

  /** Resolves when the stream stands: nothing that comes from now on is missed. */
  static async start(settings: BotSettings): Promise<EchoBot> {
    const bot = new EchoBot(settings);
    const response = await fetch(`${settings.url}/stream?types=message.created`, {
      headers: bot.headers,
      signal: bot.end.signal,
    });
    if (response.status !== 200 || response.body === null)
      throw new Error(`The bot got no stream: ${response.status} ${await response.text()}`);
    bot.reading = bot.read(response.body).catch((error: unknown) => {
      if (!bot.end.signal.aborted) bot.complaints.push(String(error));
    });
    return bot;
  }

  async stop(): Promise<void> {
    this.end.abort();
    await this.reading;
  }

  private get headers(): Record<string, string> {
    return { authorization: `Bearer ${this.settings.key}` };
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of body) {
      const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) await this.hear(block);
    }
  }

  private async hear(block: string): Promise<void> {
    const data = /^data: (.*)$/m.exec(block)?.[1];
    if (data === undefined) return;
    const update = updateSchema.parse(JSON.parse(data));
    const text = answerTo(update);
    if (text !== null && 'conversation_id' in update) await this.say(update.conversation_id, text, update.id);
  }

  /** The same Update may come twice, and is answered once. */
  private async say(conversationId: string, text: string, key: string): Promise<void> {
    const response = await fetch(`${this.settings.url}/messages.send`, {
      method: 'POST',
      headers: { ...this.headers, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ conversation_id: conversationId, message: { text }, sender: { type: 'bot' } }),
    });
    this.said.push(text);
    if (response.status !== 200) this.complaints.push(`${text}: ${response.status} ${await response.text()}`);
  }
}

/** Only people are answered: a bot that hears itself never stops. */
function answerTo(update: Update): string | null {
  if (update.type !== 'message.created' || !update.payload.message.from_contact) return null;
  const { content } = update.payload.message;
  if (content.type === 'postback') return `You clicked: ${content.postback.payload ?? ''}`;
  return content.type === 'text' ? `Echo: ${content.text}` : null;
}
