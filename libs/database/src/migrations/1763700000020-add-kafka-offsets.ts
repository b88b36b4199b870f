import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Where a group stands in Kafka, beside where it stands in the log that is relayed to it: the two move in one statement.
 * Null: at the oldest record that Kafka keeps.
 */
export class AddKafkaOffsets1763700000020 implements MigrationInterface {
  readonly name = 'AddKafkaOffsets1763700000020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table consumer_positions add column kafka_offset bigint');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table consumer_positions drop column kafka_offset');
  }
}
