import { countRefusedConnections, deadlocksIn } from './server-log.js';

// as PostgreSQL 18 writes it
const log = `2026-11-29 19:45:01.123 UTC [22126] ERROR:  deadlock detected
2026-11-29 19:45:01.123 UTC [22126] DETAIL:  Process 22126 waits for ShareLock on transaction 1234; blocked by process 22140.
	Process 22140 waits for ShareLock on transaction 1230; blocked by process 22126.
2026-11-29 19:45:01.123 UTC [22126] HINT:  See server log for query details.
2026-11-29 19:45:01.123 UTC [22126] CONTEXT:  while locking tuple (0,5) in relation "conversations"
2026-11-29 19:45:02.004 UTC [22150] FATAL:  sorry, too many clients already
2026-11-29 19:45:03.000 UTC [31] ERROR:  deadlock detected
2026-11-29 19:45:03.000 UTC [31] DETAIL:  Process 31 waits for ExclusiveLock on advisory lock [16384,1,2,2]; blocked by process 32.
	Process 32 waits for ShareLock on transaction 7; blocked by process 31.
2026-11-29 19:45:03.000 UTC [31] HINT:  See server log for query details.
2026-11-29 19:45:04.000 UTC [22151] FATAL:  sorry, too many clients already
`;

describe('PostgreSQL’s log', () => {
  it('says of each deadlock who took part, and who was refused', () => {
    expect(deadlocksIn(log)).toMatchObject([
      { processes: [22126, 22140], victim: 22126 },
      { processes: [31, 32], victim: 31 },
    ]);
  });

  it('says in one line what happened', () => {
    expect(deadlocksIn(log)[1]?.text).toMatch(/^deadlock detected .*blocked by process 32\. Process 32 waits .* 31\./);
  });

  it('has none where nothing happened', () => {
    expect(deadlocksIn('LOG:  database system is ready to accept connections')).toEqual([]);
  });

  it('counts who found no room', () => {
    expect(countRefusedConnections(log)).toBe(2);
  });
});
