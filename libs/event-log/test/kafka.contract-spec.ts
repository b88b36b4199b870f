import { describeEventLog } from '../src/contract/event-log-contract.js';
import { openKafkaAdapter } from './open-kafka-adapter.js';

describeEventLog('Kafka', openKafkaAdapter);
