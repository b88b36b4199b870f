import { CreateInstallation1763700000001 } from './1763700000001-create-installation.js';
import { CreateEventLog1763700000002 } from './1763700000002-create-event-log.js';
import { CreateConversations1763700000003 } from './1763700000003-create-conversations.js';
import { CreateSends1763700000004 } from './1763700000004-create-sends.js';
import { AddChannelUpkeep1763700000005 } from './1763700000005-add-channel-upkeep.js';
import { CreateDeadLetterEnds1763700000009 } from './1763700000009-create-dead-letter-ends.js';
import { CreateContactDues1763700000010 } from './1763700000010-create-contact-dues.js';
import { CreateWebhookGaps1763700000011 } from './1763700000011-create-webhook-gaps.js';
import { CreateDatabaseStarts1763700000014 } from './1763700000014-create-database-starts.js';
import { AddKafkaOffsets1763700000020 } from './1763700000020-add-kafka-offsets.js';
import { AppendByLanes1763700000030 } from './1763700000030-append-by-lanes.js';

/** In order. Written out, not found by a pattern: the product is one bundle. */
export const migrations = [
  CreateInstallation1763700000001,
  CreateEventLog1763700000002,
  CreateConversations1763700000003,
  CreateSends1763700000004,
  AddChannelUpkeep1763700000005,
  CreateDeadLetterEnds1763700000009,
  CreateContactDues1763700000010,
  CreateWebhookGaps1763700000011,
  CreateDatabaseStarts1763700000014,
  AddKafkaOffsets1763700000020,
  AppendByLanes1763700000030,
] as const;
