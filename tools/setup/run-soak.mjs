import { whyNoKafka } from '../kafka/assemble.mjs';
import { runNode } from './child.mjs';
import { soakOf } from './soak-forms.mjs';
import { giveUp } from './step.mjs';

/** `npm run soak -- 30 10`: for thirty minutes, compared after the tenth; `-- kafka 30 10`: one process per role, on Kafka. */
export async function runSoak(args) {
  const { script, needsKafka, minutes, from } = read(args);
  const reason = needsKafka ? whyNoKafka() : undefined;
  if (reason !== undefined) giveUp(`Not run: ${reason}`);
  const { code } = await runNode([script, String(minutes), String(from)], { isShown: true });
  process.exitCode = code;
}

function read(args) {
  try {
    return soakOf(args);
  } catch (error) {
    return giveUp(error.message);
  }
}
