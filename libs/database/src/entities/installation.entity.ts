import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ name: 'installation' })
export class InstallationEntity {
  @PrimaryColumn({ name: 'key', type: 'text', primaryKeyConstraintName: 'installation_pk' })
  key!: string;

  @Column({ name: 'value', type: 'text' })
  value!: string;
}
