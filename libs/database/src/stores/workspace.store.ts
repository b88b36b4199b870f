import type { Queryable, Transaction } from '../database.js';
import type { WorkspaceEntity } from '../entities/workspace.entity.js';
import { onlyRow } from './rows.js';
import { installationStore } from './installation.store.js';

export const workspaceStore = {
  async create(workspaceId: string, sql: Queryable, name: string): Promise<WorkspaceEntity> {
    return onlyRow(
      await sql.query<WorkspaceEntity>('insert into workspaces (id, name) values ($1, $2) returning *', [
        workspaceId,
        name,
      ]),
    );
  },

  async find(workspaceId: string, sql: Queryable): Promise<WorkspaceEntity | null> {
    const rows = await sql.query<WorkspaceEntity>('select * from workspaces where id = $1', [workspaceId]);
    return rows[0] ?? null;
  },

  /** The workspace of an installation's first start. The id is a proposal: processes that start at once agree on one. */
  async findOrCreateDefault(proposedId: string, transaction: Transaction, name: string): Promise<WorkspaceEntity> {
    const id = await installationStore.putIfAbsent(transaction, 'default_workspace', proposedId);
    await transaction.query('insert into workspaces (id, name) values ($1, $2) on conflict (id) do nothing', [
      id,
      name,
    ]);
    return onlyRow(await transaction.query<WorkspaceEntity>('select * from workspaces where id = $1', [id]));
  },
};
