const firstMs = 50;
const longestMs = 2_000;

/** Doubles with every failure in a row; between half and the whole of it, so that members do not come back all at once. */
export function backOffMs(failures: number): number {
  const whole = Math.min(longestMs, firstMs * 2 ** (failures - 1));
  return whole * (0.5 + Math.random() / 2);
}
