import type { Database } from '#libs/database';

/** Announcements go out at most this often; what comes between goes into the next. */
const pauseMs = 5;
/** PostgreSQL takes 8,000 bytes. */
const maxPayloadLength = 7_000;

export interface Announcement {
  /** Topics that were appended to; undefined: something may have been missed. */
  readonly topics?: readonly string[];
  /** Groups (`group/topic`) whose members or leases changed. */
  readonly groups?: readonly string[];
}

export interface Notifier {
  announce(announcement: Required<Announcement>): void;
  close(): Promise<void>;
}

export interface NotifierOptions {
  readonly database: Database;
  readonly channel: string;
  /** Who we are: our own topics need no telling, readers here were handed the records. */
  readonly sender: string;
  readonly heard: (announcement: Announcement) => void;
}

interface Payload extends Announcement {
  readonly sender: string;
}

/**
 * Wakes the readers in other processes. It speaks after the commit, by a statement of its own: a NOTIFY inside the
 * transaction would make all commits wait for one another. What is lost here, the poll finds.
 */
export async function openNotifier({ database, channel, sender, heard }: NotifierOptions): Promise<Notifier> {
  const topics = new Set<string>();
  const groups = new Set<string>();
  let speaking: Promise<void> | undefined;

  const listening = await database.listen(channel, (payload) => {
    const { sender: from, ...announcement } = parsePayload(payload);
    if (from === sender) heard({ topics: [], groups: announcement.groups ?? [] });
    else heard(announcement);
  });

  const speak = async (): Promise<void> => {
    while (topics.size + groups.size > 0) {
      const payload = writePayload({ sender, topics: [...topics], groups: [...groups] });
      topics.clear();
      groups.clear();
      // without its own flush to disk: there is nothing in it to lose
      await database
        .query(`select set_config('synchronous_commit', 'off', true), pg_notify($1, $2)`, [channel, payload])
        .catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    speaking = undefined;
  };

  return {
    announce: (announcement) => {
      for (const topic of announcement.topics) topics.add(topic);
      for (const group of announcement.groups) groups.add(group);
      speaking ??= speak();
    },
    close: async () => {
      await speaking;
      await listening.close();
    },
  };
}

/** Without others to wake: members of groups in this process hear of one another. */
export function ownNotifier(heard: NotifierOptions['heard']): Notifier {
  return {
    announce: ({ groups }) => {
      if (groups.length > 0) heard({ topics: [], groups });
    },
    close: () => Promise.resolve(),
  };
}

function writePayload(payload: Payload): string {
  const text = JSON.stringify(payload);
  return Buffer.byteLength(text) > maxPayloadLength ? JSON.stringify({ sender: payload.sender }) : text;
}

/** '' after a (re)connect; whatever else is not ours may mean anything. */
function parsePayload(payload: string): Payload {
  try {
    return JSON.parse(payload) as Payload;
  } catch {
    return { sender: '' };
  }
}
