import { describeEventLog } from '../src/contract/event-log-contract.js';
import { openPostgresAdapter } from './open-postgres-adapter.js';

describeEventLog('PostgreSQL', openPostgresAdapter);
