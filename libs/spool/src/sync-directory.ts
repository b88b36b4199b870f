import { open } from 'node:fs/promises';

/** Names of files are the folder's to keep. */
export async function syncDirectory(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
