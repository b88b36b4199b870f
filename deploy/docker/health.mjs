// Ends with 0 when the process in this container is ready to work. The images have no curl.
const ready = `http://127.0.0.1:${process.env.PORT}/health/ready`;
const answer = await fetch(ready, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
process.exitCode = answer?.ok === true ? 0 : 1;
