export interface LogLine {
  readonly level: string;
  readonly app: string;
  readonly msg: string;
  readonly request_id?: string;
  readonly message_id?: string;
  readonly conversation_id?: string;
  readonly channel_id?: string;
  readonly [field: string]: unknown;
}

/** The JSON lines among what a process printed. */
export function logLines(output: string): readonly LogLine[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as LogLine);
}

/** What somebody must act on. */
export function alarms(output: string): readonly LogLine[] {
  return logLines(output).filter(({ level }) => level === 'error' || level === 'fatal');
}
