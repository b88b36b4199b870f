import { z } from 'zod';
import type { Conversation, Update } from '#libs/messaging';
import { newMid, newPsid } from './facebook-items.js';
import { Product, type ConnectedPage } from './start-product.js';
import type { StreamReader } from './stream-reader.js';
import { waitFor } from './wait-for.js';

/** Calls of one path that Facebook spoils: more than anybody should make. */
const MANY = 1_000;
const faultsSchema = z.object({ faults: z.array(z.object({ path: z.string(), times_left: z.int() })) });

type Contact = Conversation['metadata']['contact'];

/** A customer who has written to the page. */
export interface Writer {
  readonly psid: string;
  readonly conversationId: string;
}

/** One product with a page, and what its suites ask of it. */
export class ContactsWorld {
  private constructor(
    readonly product: Product,
    readonly connected: ConnectedPage,
    readonly stream: StreamReader,
  ) {}

  static async open(env: NodeJS.ProcessEnv = {}): Promise<ContactsWorld> {
    const product = await Product.start({ env });
    const connected = await product.connectPage();
    return new ContactsWorld(product, connected, await product.client.stream());
  }

  get pageId(): string {
    return this.connected.page.page_id;
  }

  async newCustomer(about: object = {}): Promise<string> {
    const psid = newPsid();
    const customer = { page_id: this.pageId, psid, first_name: 'Ana', last_name: 'Lima', last_wrote_at: Date.now() };
    await this.product.facebook.control('customers.create', { ...customer, ...about });
    return psid;
  }

  /** From here on Facebook answers so when this customer's profile is asked for. */
  async spoil(psid: string, mode: string, about: object = {}): Promise<void> {
    await this.product.facebook.control('faults', { path: psid, mode, times: MANY, ...about });
  }

  heal(): Promise<unknown> {
    return this.product.facebook.control('faults.clear', {});
  }

  /** How often the profiles of spoilt customers were asked for. */
  async askedFor(psids: readonly string[]): Promise<number[]> {
    const { faults } = faultsSchema.parse(await this.product.facebook.control('faults.list', {}));
    const asked = new Map(faults.map(({ path, times_left }) => [path, MANY - times_left]));
    return psids.map((psid) => asked.get(psid) ?? 0);
  }

  /** Lets a customer write and waits for the message. */
  async write(psid: string): Promise<Writer> {
    const mid = newMid();
    await this.product.webhooks.deliverText({ pageId: this.pageId, psid, text: 'Hello', mid });
    const { channel } = this.connected;
    const message = await waitFor(`the message ${mid}`, () => this.product.client.messageByMid(channel.id, mid));
    return { psid, conversationId: message.conversation_id };
  }

  async contact({ conversationId }: Writer): Promise<Contact> {
    return (await this.product.client.conversation(conversationId)).metadata.contact;
  }

  waitForContact(writer: Writer, state: 'ok' | 'failed', patienceMs = 10_000): Promise<Contact> {
    const look = async (): Promise<Contact | undefined> => {
      const contact = await this.contact(writer);
      return contact.fetch_state === state ? contact : undefined;
    };
    return waitFor(`the contact of ${writer.conversationId} to be ${state}`, look, patienceMs);
  }

  told({ conversationId }: Writer): Update[] {
    return this.stream.updates.filter(
      (update) => 'conversation_id' in update && update.conversation_id === conversationId,
    );
  }

  async answer({ conversationId }: Writer): Promise<void> {
    const { id } = await this.product.client.sendText(conversationId, 'Good morning');
    await waitFor('the answer', async () => (await this.product.client.message(id)).state === 'delivered');
  }
}
